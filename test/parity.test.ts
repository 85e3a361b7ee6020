import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { find, objectsOfToml, type Rendered } from './render';

const PARITY = join(__dirname, 'parity');
const cases = readdirSync(PARITY)
  .filter((file) => file.endsWith('.toml'))
  .map((file) => file.replace('.toml', ''));

/** What may differ by decision: more labels and annotations, a namespace written out, a second external-dns spelling. */
function asExpected(actual: Rendered, expected: Rendered): Rendered {
  const { metadata, spec, ...rest } = structuredClone(actual);
  const known = (field: string) =>
    Object.fromEntries(
      Object.entries(metadata[field] ?? {}).filter(([key]) => key in (expected.metadata[field] ?? {})),
    );
  const kept = Object.keys(expected.metadata).map((field) => [
    field,
    ['labels', 'annotations'].includes(field) ? known(field) : metadata[field],
  ]);
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([field]) => field in expected)),
    metadata: Object.fromEntries(kept),
    spec: expected.spec.tls?.length === 0 ? { tls: [], ...spec } : spec,
  };
}

describe.each(cases)('OpenHands 0.62 and this program make the same of %s.toml', (name) => {
  const { sid, expected } = JSON.parse(readFileSync(join(PARITY, `${name}.json`), 'utf8')) as Rendered;
  const objects = objectsOfToml(`${readFileSync(join(PARITY, `${name}.toml`), 'utf8')}
[deploy]
contract = "action-execution-server"
session_workload = "Pod"
sessions = ["${sid}"]
[deploy.security]
pod_security_standard = "privileged"
`);

  test.each([
    ['pvc', 'PersistentVolumeClaim'],
    ['pod', 'Pod'],
    ['service', 'Service'],
    ['vscodeService', 'Service'],
    ['vscodeIngress', 'Ingress'],
  ])('its %s', (key, kind) => {
    const actual = find(objects, kind, expected[key].metadata.name);

    expect(asExpected(actual, expected[key])).toEqual(expected[key]);
  });
});
