import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { kubectl } from './kubectl';
import { create, discard, type Manifest } from './objects';
import type { Target } from './port-forward';

const FILE = join(__dirname, '../../kind/traefik.yaml');

/** The objects of `kind/traefik.yaml` under another name, and without its hold on the node's port 80. */
function objectsNamed(name: string): Manifest[] {
  const text = readFileSync(FILE, 'utf8')
    // Names alone, not labels: the sandboxes' network policies ask for those.
    .replaceAll(/^( *(?:- )?(?:name|namespace|serviceAccountName): )traefik$/gm, `$1${name}`)
    .replaceAll(/^ *hostPort: .*\n/gm, '');
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

/** The ingress controller that `kind/up` installs, beside the cluster's own. Its IngressClass has its namespace's name. */
export class KindIngressController {
  private readonly objects: Manifest[];

  constructor(private readonly name: string) {
    this.objects = objectsNamed(name);
  }

  /** Where it serves HTTP. */
  get http(): Target {
    return { namespace: this.name, resource: `deployment/${this.name}`, port: 8000 };
  }

  async start(): Promise<void> {
    await create(...this.objects);
    await kubectl('rollout', 'status', `deployment/${this.name}`, `--namespace=${this.name}`, '--timeout=120s');
  }

  async stop(): Promise<void> {
    await discard(...this.objects);
  }
}
