import { shippedProfiles } from '../../../config/load';
import { podTemplateOf } from '../../../constructs/policy/objects';
import { problemsOf } from '../../config/config-file';
import { objectsOfToml, type Rendered } from '../../render';

const METADATA =
  '[deploy.metadata]\nlabels = { "example.com/team" = "a" }\nannotations = { "example.com/owner" = "b c" }';

const isMarked = ({ labels, annotations }: Rendered) =>
  labels['example.com/team'] === 'a' && annotations['example.com/owner'] === 'b c';

describe.each(shippedProfiles())('in %s', (name) => {
  const plain = objectsOfToml(`[deploy]\nextends = "${name}"`);
  const marked = objectsOfToml(`[deploy]\nextends = "${name}"\n${METADATA}`);

  test('every object and every Pod has the labels and annotations', () => {
    for (const object of marked) {
      expect(isMarked(object.metadata)).toBe(true);
      const template = podTemplateOf(object);
      if (template) expect(isMarked(template.metadata)).toBe(true);
    }
  });

  test('nothing else changes: no selector, no claim template, no order', () => {
    const isOwn = (key: string) => !key.startsWith('example.com/');
    // An admission policy lists the annotations that a Pod may have.
    const others = (objects: Rendered[]) => objects.filter(({ kind }) => kind !== 'ValidatingAdmissionPolicy');
    const unmarked = JSON.parse(JSON.stringify(others(marked)), (key, value: Rendered) => {
      if (key !== 'labels' && key !== 'annotations') return value;
      const own = Object.entries(value).filter(([it]) => isOwn(it));
      return own.length > 0 ? Object.fromEntries(own) : undefined;
    }) as Rendered[];

    expect(unmarked).toEqual(others(plain));
  });
});

test('a key that an object has already is refused with its place', () => {
  expect(
    problemsOf(() =>
      objectsOfToml(
        '[deploy]\nextends = "local"\n[deploy.metadata.annotations]\n"external-dns.kubernetes.io/hostname" = "a"',
      ),
    ).map((it) => it.replace(/^.*\/config.toml/, 'config.toml')),
  ).toEqual([
    'config.toml:4: deploy.metadata.annotations."external-dns.kubernetes.io/hostname": must be a key that no object has, got one of Ingress/openhands-runtime-demo-ingress-code',
  ]);
});
