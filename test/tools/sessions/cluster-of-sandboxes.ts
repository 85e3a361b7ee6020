import type { ListProps, Reference } from '../../../tools/cluster/cluster';
import type { Objects } from '../../../tools/sessions/remove';
import type { Rendered } from '../../render';

const isSame = (a: Reference, b: Reference) => a.kind === b.kind && a.metadata.name === b.metadata.name;

/** RFC 7386, as far as it is needed here. */
function merged(target: Rendered, change: Rendered): Rendered {
  if (typeof change !== 'object' || change === null) return change;
  const changed = Object.entries(change).map(([key, value]) => [key, merged(target?.[key], value)]);
  const all = { ...target, ...Object.fromEntries(changed) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

/** An API server with a garbage collector, and a controller that takes away the Pods of what is suspended. */
export class ClusterOfSandboxes implements Objects {
  /** The kinds and names of what was written, in order. */
  readonly writes: string[] = [];
  objects: Rendered[];

  constructor(...objects: Rendered[]) {
    this.objects = structuredClone(objects);
  }

  async get(reference: Reference): Promise<Rendered | undefined> {
    return this.objects.find((it) => isSame(it, reference));
  }

  async list(_: string, kind: string, { labels = {} }: ListProps = {}): Promise<Rendered[]> {
    return this.objects.filter(
      (it) => it.kind === kind && Object.entries(labels).every(([key, value]) => it.metadata.labels?.[key] === value),
    );
  }

  async logs(): Promise<string> {
    return '';
  }

  async patch(reference: Reference, type: string, change: Rendered): Promise<void> {
    this.writes.push(`${type} ${reference.kind}/${reference.metadata.name}`);
    this.objects = this.objects.map((it) => (isSame(it, reference) ? merged(it, change) : it));
    const { spec, metadata } = (await this.get(reference))!;
    if (spec.operatingMode === 'Suspended' || spec.replicas === 0) {
      this.objects = this.objects.filter(
        (it) => it.kind !== 'Pod' || !it.metadata.ownerReferences.some(({ uid }: Rendered) => uid === metadata.uid),
      );
    }
  }

  async delete(reference: Reference): Promise<void> {
    this.writes.push(`delete ${reference.kind}/${reference.metadata.name}`);
    const gone = this.objects.filter((it) => isSame(it, reference));
    while (gone.length > 0) {
      const { uid } = gone.pop()!.metadata;
      this.objects = this.objects.filter((it) => it.metadata.uid !== uid);
      gone.push(
        ...this.objects.filter((it) => it.metadata.ownerReferences?.some((owner: Rendered) => owner.uid === uid)),
      );
    }
  }

  async deleteAlone(reference: Reference): Promise<void> {
    this.writes.push(`delete alone ${reference.kind}/${reference.metadata.name}`);
    const { uid } = (await this.get(reference))!.metadata;
    this.objects = this.objects
      .filter((it) => it.metadata.uid !== uid)
      .map(({ metadata, ...it }) => ({
        ...it,
        metadata: {
          ...metadata,
          ownerReferences: metadata.ownerReferences?.filter((owner: Rendered) => owner.uid !== uid),
        },
      }));
  }
}
