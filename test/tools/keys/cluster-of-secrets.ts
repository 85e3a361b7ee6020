import { ApiError } from '../../../tools/cluster/api-error';
import type { Reference } from '../../../tools/cluster/cluster';
import type { Objects } from '../../../tools/keys/make-keys';
import type { Rendered } from '../../render';

const nameOf = ({ kind, metadata }: Reference) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** An API server that holds namespaces and Secrets, and refuses a change of what has changed since it was read. */
export class ClusterOfSecrets implements Objects {
  private readonly objects = new Map<string, Rendered>();
  private version = 0;
  /** Run once before the next write: what another client does between this one's look and its write. */
  beforeWrite: (() => Promise<void>) | undefined;

  constructor(...objects: Rendered[]) {
    for (const object of objects) this.put(object);
  }

  async get(reference: Reference): Promise<Rendered | undefined> {
    return structuredClone(this.objects.get(nameOf(reference)));
  }

  async create(object: Rendered): Promise<void> {
    await this.interrupted();
    if (!this.objects.has(nameOf(object))) this.put(object);
  }

  async patch(reference: Reference, type: string, { metadata, data }: Rendered): Promise<void> {
    await this.interrupted();
    const live = this.objects.get(nameOf(reference));
    if (type !== 'merge-patch' || metadata.resourceVersion !== live.metadata.resourceVersion) {
      throw new ApiError(409, 'the object has been modified');
    }
    this.put({ ...live, data: { ...live.data, ...data } });
  }

  private put(object: Rendered): void {
    this.version += 1;
    const metadata = { ...object.metadata, resourceVersion: `${this.version}` };
    this.objects.set(nameOf(object), structuredClone({ ...object, metadata }));
  }

  private async interrupted(): Promise<void> {
    const act = this.beforeWrite;
    this.beforeWrite = undefined;
    await act?.();
  }
}
