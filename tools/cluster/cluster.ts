import type { KubeConfig } from '@kubernetes/client-node';
import type { Manifest } from '../../constructs/policy/objects';
import { ApiError, Unreachable } from './api-error';
import { loadClientNode } from './client-node';
import { FIELD_MANAGER } from './field-manager';
import { Http, type HttpProps } from './http';
import { UsageError } from '../usage-error';

/** What names an object. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface ListProps {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod */
export interface LogsProps {
  readonly tailLines: number;
  /** Of the container before it was restarted. */
  readonly previous: boolean;
  readonly sinceSeconds?: number;
  readonly limitBytes?: number;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The patch types of https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-update */
export type PatchType = 'merge-patch' | 'strategic-merge-patch' | 'json-patch';

const pairs = (of: Readonly<Record<string, string>> = {}) =>
  Object.entries(of)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** A cluster's API: objects in, objects out. */
export class Cluster {
  private readonly resources = new Map<string, Promise<Resource[]>>();

  private constructor(
    /** For what needs a stream: a command in a Pod, a forwarded port. */
    readonly config: KubeConfig,
    private readonly http: Http,
  ) {}

  /**
   * The cluster of a kubeconfig's context, which must answer now.
   *
   * @throws UsageError when there is no such context or nobody answers
   */
  static async connect(context: string | undefined, props: HttpProps): Promise<Cluster> {
    const { KubeConfig } = await loadClientNode();
    const config = new KubeConfig();
    try {
      config.loadFromDefault();
    } catch (error) {
      throw new UsageError(`cannot read the kubeconfig: ${(error as Error).message}`);
    }
    const known = config.getContexts().map(({ name }) => name);
    if (context !== undefined && !known.includes(context)) {
      throw new UsageError(`--context: expected one of ${known.join(', ') || 'none'}, got ${context}`);
    }
    if (context !== undefined) config.setCurrentContext(context);
    if (!config.getCurrentCluster()) throw new UsageError('no cluster: set KUBECONFIG or --context');
    const cluster = new Cluster(config, new Http(config, props));
    await cluster.http.request({ method: 'GET', path: '/version' }, 0).catch((error: Error) => {
      throw new UsageError(`no cluster: ${error.message}`);
    });
    return cluster;
  }

  /** @returns nothing when there is no such object, namespace or kind */
  async get(reference: Reference): Promise<Manifest | undefined> {
    const path = await this.pathOf(reference);
    return path === undefined ? undefined : this.absentIsUndefined(this.json('GET', path));
  }

  /** @returns none when the cluster does not know the kind */
  async list(apiVersion: string, kind: string, { namespace, labels, fields }: ListProps = {}): Promise<Manifest[]> {
    const resource = await this.resource(apiVersion, kind);
    if (resource === undefined) return [];
    const query = new URLSearchParams({
      ...(labels && { labelSelector: pairs(labels) }),
      ...(fields && { fieldSelector: pairs(fields) }),
    });
    const { items } = await this.json('GET', `${folderOf(apiVersion, namespace)}/${resource.name}?${query}`);
    // A list leaves these out of its items.
    return items.map((item: Manifest) => ({ apiVersion, kind, ...item }));
  }

  /** Create an object, unless it is there. */
  async create(object: Manifest): Promise<void> {
    const { name, namespaced } = (await this.resource(object.apiVersion, object.kind))!;
    const folder = folderOf(object.apiVersion, namespaced ? (object.metadata.namespace ?? 'default') : undefined);
    try {
      await this.json('POST', `${folder}/${name}`, object);
    } catch (error) {
      // The first try may have arrived though its answer did not.
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }

  /** Delete an object, if it is there, and what it owns. */
  async delete(reference: Reference, gracePeriodSeconds?: number): Promise<void> {
    await this.deleteWith(reference, { propagationPolicy: 'Background', gracePeriodSeconds });
  }

  /** Delete an object, if it is there. What it owns stays, and has no owner any more. */
  async deleteAlone(reference: Reference): Promise<void> {
    await this.deleteWith(reference, { propagationPolicy: 'Orphan' });
  }

  async patch(reference: Reference, type: PatchType, body: unknown): Promise<void> {
    const path = `${await this.pathOf(reference)}?fieldManager=${FIELD_MANAGER}`;
    await this.json('PATCH', path, body, `application/${type}+json`);
  }

  /** What the cluster would hold after this object is applied. Nothing is written. */
  async dryRun(object: Manifest): Promise<Manifest> {
    const query = new URLSearchParams({ dryRun: 'All', force: 'true', fieldManager: FIELD_MANAGER });
    // Every JSON document is a YAML document.
    return this.json('PATCH', `${await this.pathOf(object)}?${query}`, object, 'application/apply-patch+yaml');
  }

  /** Whether the cluster has this kind in this version. */
  async knows(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.resource(apiVersion, kind)) !== undefined;
  }

  /** The last lines of a container; none when there are none any more. */
  async logs(pod: Manifest, container: string, props: LogsProps): Promise<string> {
    const { namespace, name } = pod.metadata;
    const options = Object.entries(props).map(([key, value]) => [key, `${value}`]);
    const query = new URLSearchParams({ container, ...Object.fromEntries(options) });
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`;
    return this.http.request({ method: 'GET', path }).catch((error: Error) => {
      if (error instanceof ApiError) return '';
      throw error;
    });
  }

  /** What a node's kubelet measures of its Pods and their volumes. @returns nothing when it may not be asked, or is away */
  async kubeletSummary(node: string): Promise<Manifest | undefined> {
    const path = `/api/v1/nodes/${node}/proxy/stats/summary`;
    try {
      return JSON.parse(await this.http.request({ method: 'GET', path }, 0)) as Manifest;
    } catch (error) {
      if (error instanceof ApiError || error instanceof Unreachable) return undefined;
      throw error;
    }
  }

  /** The server's version, as `v1.34.4`. */
  async version(): Promise<string> {
    return (await this.json('GET', '/version')).gitVersion;
  }

  private async deleteWith(reference: Reference, options: object): Promise<void> {
    const path = await this.pathOf(reference);
    if (path !== undefined) await this.absentIsUndefined(this.json('DELETE', path, options));
  }

  private async json(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, contentType?: string) {
    return JSON.parse(await this.http.request({ method, path, body, contentType })) as Manifest;
  }

  private async absentIsUndefined(answer: Promise<Manifest>): Promise<Manifest | undefined> {
    return answer.catch((error: Error) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
  }

  private async pathOf({ apiVersion, kind, metadata }: Reference): Promise<string | undefined> {
    const resource = await this.resource(apiVersion, kind);
    if (resource === undefined) return undefined;
    const namespace = resource.namespaced ? (metadata.namespace ?? 'default') : undefined;
    return `${folderOf(apiVersion, namespace)}/${resource.name}/${metadata.name}`;
  }

  private async resource(apiVersion: string, kind: string): Promise<Resource | undefined> {
    let known = this.resources.get(apiVersion);
    if (known === undefined) {
      known = this.absentIsUndefined(this.json('GET', groupOf(apiVersion))).then((it) => it?.resources ?? []);
      this.resources.set(apiVersion, known);
      // What failed is asked for again.
      known.catch(() => this.resources.delete(apiVersion));
    }
    return (await known).find((it) => it.kind === kind && !it.name.includes('/'));
  }
}

const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

const folderOf = (apiVersion: string, namespace: string | undefined) =>
  groupOf(apiVersion) + (namespace === undefined ? '' : `/namespaces/${namespace}`);
