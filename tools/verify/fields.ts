import type { Manifest } from '../../constructs/policy/objects';

/** One field that is not the same. */
export interface FieldChange {
  /** As in `spec.template.spec.containers[runtime].image`. */
  readonly path: string;
  /** Absent: it was not there. */
  readonly before?: unknown;
  /** Absent: it is gone. */
  readonly after?: unknown;
}

/** What the API server adds to every object, and what says nothing about what was asked for. */
const SERVER_OWNED = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid'];

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const BY_CONTROLLERS = /^(deployment\.kubernetes\.io\/revision|pv\.kubernetes\.io\/|volume\.kubernetes\.io\/)/;

/** Helm writes its own name there, into every object of a chart. */
const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** An object without what the API server, kubectl, Helm and controllers write into it. */
export function asAskedFor({ status: _, ...object }: Manifest): Manifest {
  const metadata = Object.entries(object.metadata).filter(
    ([key]) => !['annotations', 'labels', ...SERVER_OWNED].includes(key),
  );
  const annotations = Object.entries(object.metadata.annotations ?? {}).filter(
    ([key]) => key !== LAST_APPLIED && !BY_CONTROLLERS.test(key),
  );
  const labels = Object.entries(object.metadata.labels ?? {}).filter(([key]) => key !== MANAGED_BY);
  for (const [field, entries] of Object.entries({ annotations, labels })) {
    if (entries.length > 0) metadata.push([field, Object.fromEntries(entries)]);
  }
  return { ...object, metadata: Object.fromEntries(metadata) };
}

/** What `kubectl apply` was given the last time. */
export function lastApplied(object: Manifest): Manifest | undefined {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  return text === undefined ? undefined : JSON.parse(text);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What tells the items of a list apart, so that one that is added does not make all after it look changed. */
const keyOf = (item: unknown): string | undefined => {
  if (!isObject(item)) return undefined;
  const key = item.name ?? item.mountPath ?? item.host ?? item.key;
  return typeof key === 'string' ? key : undefined;
};

/** A list's items by their key; by their place when they have none. */
function itemsOf(list: readonly unknown[]): Map<string, unknown> {
  const keys = list.map(keyOf);
  const isKeyed = keys.every((key) => key !== undefined) && new Set(keys).size === list.length;
  return new Map(list.map((item, index) => [isKeyed ? keys[index]! : `${index}`, item]));
}

const step = (key: string) => (/^[\w-]+$/.test(key) ? `.${key}` : `.${JSON.stringify(key)}`);

const show = (path: string) => path.replace(/^\./, '');

/** Lists of plain values are sets or commands: shown whole, as nobody reads `args[3]`. */
const isPlainList = (value: unknown) => Array.isArray(value) && !value.some(isObject);

function members(before: unknown, after: unknown): [string, unknown, unknown][] | undefined {
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].map((key) => [step(key), before[key], after[key]]);
  }
  if (!Array.isArray(before) || !Array.isArray(after) || isPlainList(before) || isPlainList(after)) return undefined;
  const [old, now] = [itemsOf(before), itemsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].map((key) => [`[${key}]`, old.get(key), now.get(key)]);
}

/** Where two values differ, as deep down as it can be said. */
export function changesBetween(before: unknown, after: unknown, path = ''): FieldChange[] {
  const inner = members(before, after);
  if (inner) return inner.flatMap(([key, old, now]) => changesBetween(old, now, path + key));
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [
    {
      path: show(path),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    },
  ];
}

/** A value on one line, cut where a line ends for a reader. */
export function showField(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

/** Fields that an earlier `kubectl apply` had set, that the file no longer has, and the cluster still holds. */
export function leftovers(file: Manifest, live: Manifest): FieldChange[] {
  const applied = lastApplied(live);
  if (applied === undefined) return [];
  const gone = changesBetween(asAskedFor(applied), asAskedFor(file)).filter((it) => !('after' in it));
  const absent = new Set(
    changesBetween(asAskedFor(live), asAskedFor(applied))
      .filter((it) => !('before' in it))
      .map((it) => it.path),
  );
  return gone.filter(({ path }) => !absent.has(path));
}
