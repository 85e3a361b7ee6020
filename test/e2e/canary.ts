import { eventually } from './eventually';
import { kubectl } from './kubectl';
import { create, type Manifest } from './objects';
import { Peer } from './peer';
import { sentence } from './sentence';

const NAME = 'canary';
const PORT = 8000;

/** One that has not enforced a policy after this many seconds, for the machine was busy or it failed, is told again. */
const PATIENCE = 20;
const ATTEMPTS = 12;

export interface CanaryProps {
  /** One without policies. */
  readonly namespace: string;
  /** A Pod that may reach it until there is a policy. */
  readonly client: Peer;
}

/**
 * A Pod that tells whether the network plugin has heard of all that there is. A plugin may take minutes to enforce a
 * policy, and whoever is let in until then is no proof of a wrong one. So a policy is made after all others, which is
 * certainly right: when that one is enforced, the others are too, and nobody has an excuse any more.
 */
export class Canary {
  private readonly pod: Peer;
  private readonly policy: Manifest;

  constructor(private readonly props: CanaryProps) {
    const { namespace } = props;
    this.pod = new Peer({ namespace, name: NAME, labels: { app: NAME }, serves: [PORT] });
    this.policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: NAME, namespace },
      spec: { podSelector: { matchLabels: { app: NAME } }, policyTypes: ['Ingress'] },
    };
  }

  /** Wait until every policy that there is now is enforced. @throws Error when the network plugin enforces none */
  async policiesAreEnforced(): Promise<void> {
    await this.pod.start();
    await this.waitUntil(true);
    await create(this.policy);
    await this.waitUntil(false);
  }

  /** Wait until every policy that is gone now, is enforced no longer. */
  async policiesAreLifted(): Promise<void> {
    await kubectl('delete', 'networkpolicy', NAME, `--namespace=${this.props.namespace}`);
    await this.waitUntil(true);
  }

  private async waitUntil(open: boolean): Promise<void> {
    const { client, namespace } = this.props;
    const started = performance.now();
    const seconds = () => Math.round((performance.now() - started) / 1000);
    const isOpen = async () => client.reaches(await this.pod.address(), PORT);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if ((await eventually(isOpen, open, PATIENCE)) === open) {
        process.stderr.write(`    the network plugin took ${seconds()} s to ${open ? 'open' : 'close'} a port\n`);
        return;
      }
      await kubectl('label', 'pod', NAME, `--namespace=${namespace}`, `attempt=${attempt}`, '--overwrite');
    }
    throw sentence(`after ${seconds()} s the network plugin has not come to ${open ? 'open' : 'close'} a port`);
  }
}
