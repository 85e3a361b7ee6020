import { walk, type Manifest, type Manifests } from '../../constructs/policy/objects';
import { code, codes, lines, NONE, table, unique } from './markdown';
import type { Shipped } from './shipped';

/** A Secret that an object names. */
interface Reference {
  readonly secret: string;
  /** Absent: all of it. */
  readonly entry?: string;
  readonly optional: boolean;
  /** `Kind/name` of who names it. */
  readonly user: string;
}

/** Those who make a Secret, by the name of it: they ask for nothing. */
const MAKERS: Readonly<Record<string, (object: Manifest) => { secret: string; from: string }>> = {
  ExternalSecret: ({ metadata, spec }) => ({
    secret: spec.target?.name ?? metadata.name,
    from: `ExternalSecret, from ${spec.secretStoreRef.kind} ${code(spec.secretStoreRef.name)}`,
  }),
  Certificate: ({ spec }) => ({
    secret: spec.secretName,
    from: `Certificate, from ${spec.issuerRef.kind} ${code(spec.issuerRef.name)}`,
  }),
};

type Found = Omit<Reference, 'user'>;

const named = (name: unknown, entry?: string, optional = false): Found[] =>
  typeof name === 'string' ? [{ secret: name, entry, optional }] : [];

/** `{name, key}`: how Kubernetes and operators point at one entry. */
const isEntry = (value: Manifest): boolean =>
  typeof value?.name === 'string' &&
  typeof value.key === 'string' &&
  Object.keys(value).every((it) => ['name', 'key', 'optional'].includes(it));

/** Entries under any name but that of a ConfigMap's. */
const entriesIn = (value: Manifest): Found[] =>
  Object.entries<Manifest>(value)
    .filter(([name, inner]) => !/^configMap/.test(name) && isEntry(inner))
    .flatMap(([, { name, key, optional }]) => named(name, key, optional));

/** The Secrets that one value of a manifest names, in any of the ways that Kubernetes and operators have. */
function referencesIn(value: Manifest): Found[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { secretRef, secretName, imagePullSecrets = [], certificateRefs = [], items, optional } = value;
  return [
    ...entriesIn(value),
    ...named(secretRef?.name, undefined, secretRef?.optional),
    ...(Array.isArray(items) && secretName
      ? items.flatMap(({ key }: Manifest) => named(secretName, key, optional))
      : named(secretName, undefined, optional)),
    ...[...imagePullSecrets, ...certificateRefs].flatMap(({ name }: Manifest) => named(name)),
  ];
}

function referencesOf(manifests: Manifests): Reference[] {
  const found: Reference[] = [];
  for (const object of manifests.all.filter(({ kind }) => MAKERS[kind] === undefined)) {
    const user = `${object.kind}/${object.metadata.name}`;
    walk(object, (value) => found.push(...referencesIn(value).map((it) => ({ ...it, user }))));
  }
  return found;
}

/** Who makes a Secret, if anything that is rendered does. */
function origin(secret: string, manifests: Manifests, isOptional: boolean): string {
  const made = Object.entries(MAKERS)
    .flatMap(([kind, maker]) => manifests.ofKind(kind).map(maker))
    .find((it) => it.secret === secret);
  if (made) return made.from;
  return isOptional ? 'may be made by hand' : '**must be made by hand**';
}

function rowsOf({ name, manifests }: Shipped): string[][] {
  const references = referencesOf(manifests);
  const secrets = unique(references.map(({ secret }) => secret));
  if (secrets.length === 0) return [[name, NONE, NONE, NONE, 'none is named']];
  return secrets.map((secret) => {
    const own = references.filter((it) => it.secret === secret);
    const entries = unique(own.flatMap(({ entry }) => entry ?? []));
    return [
      name,
      code(secret),
      entries.length === 0 ? 'all' : codes(entries),
      lines(unique(own.map(({ user }) => code(user)))),
      origin(
        secret,
        manifests,
        own.every(({ optional }) => optional),
      ),
    ];
  });
}

/** The Secrets that a profile's objects name: names only, no manifest holds a value. */
export const secretTable = (profiles: readonly Shipped[]): string =>
  table(['Profile', 'Secret', 'Entries', 'For', 'Comes from'], profiles.flatMap(rowsOf));
