import { Construct } from 'constructs';
import { stringify } from 'smol-toml';
import type { OpenHandsConfig as Tables } from '../../config/schema/profile';
import { SecretReference } from '../../config/schema/values';
import { isTable } from '../../config/tables';
import { k8s } from '../k8s';
import { labels } from '../labels';

export interface OpenHandsConfigProps {
  readonly namespace: string;
  /** OpenHands's own tables, as the profile and its parents wrote them. */
  readonly tables: Tables;
  /** Where the image of its sandboxes is pulled from, if not from where OpenHands's tables have it. */
  readonly image?: string;
}

interface Reference extends SecretReference {
  /** The variable in which OpenHands looks for the value. */
  readonly variable: string;
}

/** Takes the references to Secrets out: OpenHands's config.toml knows none, its environment does. */
function withoutReferences(table: Tables, path: readonly string[], found: Reference[]): Tables {
  return Object.fromEntries(
    Object.entries(table).flatMap(([key, value]): [string, unknown][] => {
      const reference = SecretReference.safeParse(value);
      if (reference.success) {
        const place = path[0] === 'core' ? path.slice(1) : path;
        // What the sandbox's own variables refer to, the sandbox gets by itself.
        if (path[1] === 'runtime_startup_env_vars') return [];
        found.push({ ...reference.data, variable: [...place, key].join('_').toUpperCase() });
        return [];
      }
      return [[key, isTable(value) ? withoutReferences(value, [...path, key], found) : value]];
    }),
  );
}

/** The config.toml in effect, for the OpenHands app to mount: what it reads and what this program reads are the same. */
export class OpenHandsConfig extends Construct {
  constructor(scope: Construct, id: string, { namespace, tables, image }: OpenHandsConfigProps) {
    super(scope, id);
    const references: Reference[] = [];
    const plain = withoutReferences(tables, [], references);
    if (image !== undefined) plain.sandbox = { ...(plain.sandbox as Tables), runtime_container_image: image };
    const comments = references.map((it) => `# ${it.variable}: set it from Secret ${it.secret}, entry ${it.key}\n`);
    new k8s.KubeConfigMap(this, 'config-map', {
      metadata: { name: 'openhands-config', namespace, labels: labels({ component: 'access' }) },
      data: { 'config.toml': comments.join('') + stringify(plain) },
    });
  }
}
