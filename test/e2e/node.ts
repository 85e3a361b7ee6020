import { kubectl } from './kubectl';
import { create, discard, namespace, type Manifest } from './objects';

/**
 * A way onto the node: a privileged Pod that sees its processes. Only where a drill breaks the node itself, and only in a
 * namespace of its own.
 */
export class NodeShell {
  private readonly objects: Manifest[];

  constructor(private readonly home: string) {
    this.objects = [
      namespace(this.home, { 'pod-security.kubernetes.io/enforce': 'privileged' }),
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'node', namespace: this.home },
        spec: {
          hostPID: true,
          // It must stay on a node that is taken for dead, and not begin on one that is simulated.
          tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'shell',
              image: 'busybox:1.35',
              command: ['sleep', 'infinity'],
              securityContext: { privileged: true },
            },
          ],
        },
      },
    ];
  }

  async open(): Promise<void> {
    await create(...this.objects);
    await kubectl('wait', 'pod/node', `--namespace=${this.home}`, '--for=condition=Ready', '--timeout=120s');
  }

  /** The node's name. */
  async name(): Promise<string> {
    const { stdout } = await kubectl('get', 'pod', 'node', `--namespace=${this.home}`, '-o=jsonpath={.spec.nodeName}');
    return stdout;
  }

  /** Run a shell's command in the container. @returns what it printed */
  async run(command: string): Promise<string> {
    const shell = ['exec', 'node', `--namespace=${this.home}`, '--', 'sh', '-c'];
    return (await kubectl(...shell, command)).stdout.trim();
  }

  /** Run a shell's command on the node, with the node's files. */
  runOnNode(command: string): Promise<string> {
    return this.run(`nsenter --mount=/proc/$(pidof kubelet)/ns/mnt -- sh -c '${command}'`);
  }

  /** Stop the kubelet, and let it go on by itself: while it is stopped nobody can run anything here. */
  async stopKubelet(seconds: number): Promise<void> {
    // Later than the answer to this command, which the kubelet brings.
    const stop = `sleep 1; kill -STOP $kubelet; sleep ${seconds}; kill -CONT $kubelet`;
    await this.run(`kubelet=$(pidof kubelet) || exit 1; (${stop}) >/dev/null 2>&1 &`);
  }

  close(): Promise<unknown> {
    return discard(...this.objects);
  }
}
