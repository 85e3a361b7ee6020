import { identityOf, type Manifest } from '../../constructs/policy/objects';
import { asAskedFor, changesBetween, type FieldChange } from '../verify/fields';

/** What happens to one object. */
export interface ObjectChange {
  readonly action: 'created' | 'changed' | 'deleted';
  /** As it is afterwards; a deleted one as it was. */
  readonly object: Manifest;
  /** Of a changed object. */
  readonly fields: readonly FieldChange[];
  /** Why the API server does not take it. @default it was not asked, or takes it */
  readonly refusal?: string;
}

/** What became of the objects of one rendering in another. */
export function changesOf(before: readonly Manifest[], after: readonly Manifest[]): ObjectChange[] {
  const old = new Map(before.map((it) => [identityOf(it), it]));
  const now = new Set(after.map(identityOf));
  const kept = after.flatMap((object): ObjectChange[] => {
    const previous = old.get(identityOf(object));
    if (previous === undefined) return [{ action: 'created', object, fields: [] }];
    const fields = changesBetween(asAskedFor(previous), asAskedFor(object));
    return fields.length > 0 ? [{ action: 'changed', object, fields }] : [];
  });
  const gone = before.filter((it) => !now.has(identityOf(it)));
  return [...kept, ...gone.map((object) => ({ action: 'deleted' as const, object, fields: [] }))];
}
