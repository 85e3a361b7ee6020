import { nameOf, type Manifest } from '../../constructs/policy/objects';
import { asAskedFor, changesBetween, type FieldChange } from '../verify/fields';

/** What happens to one object. */
export interface ObjectChange {
  readonly action: 'created' | 'changed' | 'deleted';
  /** As it is afterwards; a deleted one as it was. */
  readonly object: Manifest;
  /** Of a changed object. */
  readonly fields: readonly FieldChange[];
  /** Why the API server does not take it, in its own words. @default it was not asked, or takes it */
  readonly refusal?: string;
}

const identity = (object: Manifest) =>
  [object.apiVersion.split('/').slice(0, -1).join('/'), nameOf(object), object.metadata.namespace ?? ''].join(' ');

/** What became of the objects of one rendering in another. */
export function changesOf(before: readonly Manifest[], after: readonly Manifest[]): ObjectChange[] {
  const old = new Map(before.map((it) => [identity(it), it]));
  const now = new Set(after.map(identity));
  const kept = after.flatMap((object): ObjectChange[] => {
    const previous = old.get(identity(object));
    if (previous === undefined) return [{ action: 'created', object, fields: [] }];
    const fields = changesBetween(asAskedFor(previous), asAskedFor(object));
    return fields.length > 0 ? [{ action: 'changed', object, fields }] : [];
  });
  const gone = before.filter((it) => !now.has(identity(it)));
  return [...kept, ...gone.map((object) => ({ action: 'deleted' as const, object, fields: [] }))];
}

/** How an object is called where several namespaces are shown. */
export const titleOf = ({ object }: ObjectChange): string =>
  nameOf(object) + (object.metadata.namespace ? ` in ${object.metadata.namespace}` : '');
