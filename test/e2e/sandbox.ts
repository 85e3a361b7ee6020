import { eventually } from './eventually';
import { kubectl } from './kubectl';
import { withPortForward, type Target } from './port-forward';
import type { Finished, Program } from './program';

export interface SandboxProps {
  readonly namespace: string;
  readonly session: string;
  readonly workload: 'Deployment' | 'Pod' | 'Sandbox';
  readonly program: Program;
  /** What its API is reached through. @default its Service, by kubectl's port-forward */
  readonly through?: Target;
}

/** A session's sandbox in the cluster, as its users meet it: through its Service. */
export class Sandbox {
  readonly name: string;
  readonly namespace: string;
  private readonly inNamespace: string;

  constructor(private readonly props: SandboxProps) {
    this.name = `openhands-runtime-${props.session}`;
    this.namespace = props.namespace;
    this.inNamespace = `--namespace=${props.namespace}`;
  }

  /** Wait until its Pod is Ready. */
  async ready(): Promise<void> {
    const limit = '--timeout=240s';
    if (this.props.workload === 'Sandbox') {
      await kubectl('wait', `sandbox/${this.name}`, this.inNamespace, '--for=condition=Ready', limit);
    }
    if (this.props.workload === 'Deployment') {
      await kubectl('rollout', 'status', `deployment/${this.name}`, this.inNamespace, limit);
    }
    // kubectl waits for none that is not made yet, and a workload may still tell of the Pod that is gone.
    await eventually(async () => (await this.podUid()) !== '', true, 120);
    await kubectl('wait', 'pod', this.selector, this.inNamespace, '--for=condition=Ready', limit);
  }

  /** Delete its Pod, and wait until it is gone. */
  async deletePod(): Promise<void> {
    await kubectl('delete', 'pod', this.selector, this.inNamespace, '--timeout=120s');
  }

  async podUid(): Promise<string> {
    const uids = '-o=jsonpath={.items[*].metadata.uid}';
    return (await kubectl('get', 'pod', this.selector, this.inNamespace, uids)).stdout;
  }

  /** The name of the node that its Pod is on. */
  async nodeName(): Promise<string> {
    const names = '-o=jsonpath={.items[*].spec.nodeName}';
    return (await kubectl('get', 'pod', this.selector, this.inNamespace, names)).stdout;
  }

  /** Its Pod's address. */
  async podAddress(): Promise<string> {
    const address = '-o=jsonpath={.items[*].status.podIP}';
    return (await kubectl('get', 'pod', this.selector, this.inNamespace, address)).stdout;
  }

  /** The address of its API's Service. */
  async serviceAddress(): Promise<string> {
    const address = '-o=jsonpath={.spec.clusterIP}';
    return (await kubectl('get', 'service', `${this.name}-svc`, this.inNamespace, address)).stdout;
  }

  /** Serve HTTP on a port of it, as its editor would, or as a program of the agent's. */
  async serve(port: number): Promise<void> {
    const server = `setsid python3 -m http.server ${port} --directory /tmp >/dev/null 2>&1 &`;
    await kubectl('exec', `deployment/${this.name}`, this.inNamespace, '--', 'sh', '-c', server);
  }

  run(command: string): Promise<Finished> {
    return this.connected((program, url) => program.run(url, command));
  }

  writeFile(path: string, text: string): Promise<void> {
    return this.connected((program, url) => program.writeFile(url, path, text));
  }

  readFile(path: string): Promise<string> {
    return this.connected((program, url) => program.readFile(url, path));
  }

  private get selector() {
    return `--selector=app=openhands-runtime,session=${this.props.session}`;
  }

  private connected<T>(use: (program: Program, url: string) => Promise<T>): Promise<T> {
    const { namespace, program, through } = this.props;
    const target = through ?? { namespace, resource: `svc/${this.name}-svc`, port: program.port };
    return withPortForward(target, (url) => use(program, url));
  }
}
