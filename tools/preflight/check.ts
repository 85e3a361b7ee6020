import type { Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import type { Row } from './row';

/** Something about the cluster, for all manifests at once. */
export type Check = (cluster: Cluster, objects: readonly Manifest[]) => Promise<Row[]>;
