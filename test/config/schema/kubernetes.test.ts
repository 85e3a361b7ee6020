import { fromTomlSection } from '../../../config/load';
import { KubernetesConfig } from '../../../config/schema/kubernetes';
import { problemsOf, refusals } from '../config-file';

const DEFAULTS: Record<keyof KubernetesConfig, unknown> = {
  namespace: 'default',
  ingress_domain: 'localhost',
  pvc_storage_size: '2Gi',
  pvc_storage_class: undefined,
  resource_cpu_request: '1',
  resource_memory_request: '1Gi',
  resource_memory_limit: '2Gi',
  image_pull_secret: undefined,
  ingress_tls_secret: undefined,
  node_selector_key: undefined,
  node_selector_val: undefined,
  tolerations_yaml: undefined,
  privileged: false,
};

const CUSTOM: Required<KubernetesConfig> = {
  namespace: 'test-ns',
  ingress_domain: 'test.example.com',
  pvc_storage_size: '5Gi',
  pvc_storage_class: 'fast',
  resource_cpu_request: '2',
  resource_memory_request: '2Gi',
  resource_memory_limit: '4Gi',
  image_pull_secret: 'pull-secret',
  ingress_tls_secret: 'tls-secret',
  node_selector_key: 'zone',
  node_selector_val: 'us-east-1',
  tolerations_yaml: '- key: special\n  value: true',
  privileged: true,
};

const FIELDS = Object.keys(KubernetesConfig.shape) as (keyof KubernetesConfig)[];

test('the 13 fields of OpenHands are the fields here', () => {
  expect(FIELDS.sort()).toEqual(Object.keys(DEFAULTS).sort());
  expect(FIELDS).toHaveLength(13);
});

test.each(FIELDS)('%s defaults as in OpenHands', (field) => {
  expect(KubernetesConfig.parse({})[field]).toEqual(DEFAULTS[field]);
});

test.each(FIELDS)('%s keeps a value of its own', (field) => {
  expect(KubernetesConfig.parse({ [field]: CUSTOM[field] })[field]).toEqual(CUSTOM[field]);
});

test('all fields can be set together', () => {
  expect(KubernetesConfig.parse(CUSTOM)).toEqual(CUSTOM);
});

test.each(FIELDS)('%s refuses a value of the wrong type at its line', (field) => {
  const wrong = field === 'privileged' ? '"yes"' : '5';
  expect(refusals(`[kubernetes]\n${field} = ${wrong}`)).toEqual([
    expect.stringMatching(new RegExp(`^config.toml:2: kubernetes.${field}: must be (a|true) .+, got .+`)),
  ]);
});

test.each([
  'pvc_storage_class',
  'image_pull_secret',
  'ingress_tls_secret',
  'node_selector_key',
  'node_selector_val',
  'tolerations_yaml',
] as const)('an empty %s means none', (field) => {
  expect(KubernetesConfig.parse({ [field]: '' })[field]).toBeUndefined();
});

test('an extra field is refused', () => {
  expect(KubernetesConfig.safeParse({ extra_field: 'x' }).success).toBe(false);
});

test('bad tolerations are refused at their line with what is wrong', () => {
  expect(refusals('[kubernetes]\n\ntolerations_yaml = "- key: a\\n  effect: Never"')).toEqual([
    expect.stringMatching(/^config.toml:3: kubernetes.tolerations_yaml: must be a YAML list of tolerations \(number 1/),
  ]);
});

describe('fromTomlSection', () => {
  test('returns a mapping keyed by the name of the table', () => {
    const mapping = fromTomlSection('kubernetes', { namespace: 'test-ns' });
    expect(mapping).toEqual({ kubernetes: { ...KubernetesConfig.parse({}), namespace: 'test-ns' } });
  });

  test('takes every field, whatever [deploy] would allow', () => {
    expect(fromTomlSection('kubernetes', CUSTOM).kubernetes).toEqual(CUSTOM);
  });

  test('refuses an extra key', () => {
    expect(problemsOf(() => fromTomlSection('kubernetes', { nmespace: 'x' }))).toEqual([
      'kubernetes.nmespace: unknown key, did you mean namespace?',
    ]);
  });
});
