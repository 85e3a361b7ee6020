import { containerSecurityContext, podSecurityContext, restricted } from '../../constructs/sandbox/security-context';
import { kubectl } from './kubectl';
import { create } from './objects';

export interface PeerProps {
  readonly namespace: string;
  readonly name: string;
  readonly labels?: Record<string, string>;
  /** Ports that it serves over HTTP. */
  readonly serves?: readonly number[];
  /** An address of the node that it serves on, sharing the node's network. */
  readonly nodeAddress?: string;
  /** It sees the processes of its node, and may send them signals. @default false */
  readonly seesNode?: boolean;
  /** Its namespace enforces Pod Security `restricted`. @default false */
  readonly isRestricted?: boolean;
  /** Its RuntimeClass. @default the node's runtime */
  readonly runtimeClass?: string;
  /** One that has a shell. @default busybox */
  readonly image?: string;
}

const BUSYBOX = 'busybox:1.35';

const NOBODY = { ...restricted(65534), readOnlyRootFilesystem: false };

const pod = ({ namespace, name, labels, serves = [], nodeAddress, seesNode, ...more }: PeerProps) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: {
    terminationGracePeriodSeconds: 0,
    runtimeClassName: more.runtimeClass,
    hostNetwork: nodeAddress !== undefined,
    hostPID: seesNode,
    ...(more.isRestricted && { securityContext: podSecurityContext(NOBODY) }),
    containers: [
      {
        name: 'peer',
        image: more.image ?? BUSYBOX,
        ...(more.isRestricted && { securityContext: containerSecurityContext(NOBODY) }),
        // Without a request it would be the last to run on a busy node.
        resources: { requests: { cpu: '20m' } },
        imagePullPolicy: 'IfNotPresent',
        command: [
          'sh',
          '-c',
          [
            'touch /tmp/index.html',
            ...serves.map((port) => `httpd -p ${nodeAddress ? `${nodeAddress}:` : ''}${port} -h /tmp`),
            'sleep 3600',
          ].join('; '),
        ],
      },
    ],
  },
});

/** A Pod beside the sandboxes that serves something and tries to reach something: a client, a stranger, a neighbour. */
export class Peer {
  constructor(private readonly props: PeerProps) {}

  async start(): Promise<void> {
    const { namespace, name } = this.props;
    await create(pod(this.props));
    await kubectl('wait', `pod/${name}`, `--namespace=${namespace}`, '--for=condition=Ready', '--timeout=180s');
  }

  /** Whether a connection to a port comes about within two seconds. */
  async reaches(host: string, port: number): Promise<boolean> {
    const { namespace, name } = this.props;
    const connect = `nc -w 2 ${host} ${port} </dev/null`;
    return kubectl('exec', name, `--namespace=${namespace}`, '--', 'timeout', '3', 'sh', '-c', connect).then(
      () => true,
      () => false,
    );
  }

  /** Run a command in it. @throws Error with what the command said */
  async run(...command: string[]): Promise<string> {
    const { namespace, name } = this.props;
    return (await kubectl('exec', name, `--namespace=${namespace}`, '--', ...command)).stdout;
  }

  async address(): Promise<string> {
    const { namespace, name } = this.props;
    return (await kubectl('get', 'pod', name, `--namespace=${namespace}`, '-o=jsonpath={.status.podIP}')).stdout;
  }
}
