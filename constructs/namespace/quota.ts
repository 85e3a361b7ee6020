import { Construct } from 'constructs';
import { k8s } from '../k8s';
import { labels } from '../labels';
import { GPU } from '../sandbox/resources';
import { formatAmount, sumOf, type Amounts } from './amounts';

/** What a container asks for and may use. */
export interface Demand {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** What containers that run at the same time come to; without a limit of one container there is none together. */
export function together(containers: readonly Demand[]): Demand {
  const total = (side: 'requests' | 'limits') => sumOf(containers.map((it) => ({ count: 1, amounts: it[side] })));
  const limits = Object.entries(total('limits')).filter(([name]) => containers.every((it) => name in it.limits));
  return { requests: total('requests'), limits: Object.fromEntries(limits) };
}

/** The same with what a RuntimeClass adds to a Pod: to each request, and to a limit where there is one. */
export function withOverhead({ requests, limits }: Demand, overhead: Amounts): Demand {
  const ofLimits = Object.entries(overhead).filter(([resource]) => resource in limits);
  const plus = (amounts: Amounts, added: Amounts) => sumOf([amounts, added].map((it) => ({ count: 1, amounts: it })));
  return { requests: plus(requests, overhead), limits: plus(limits, Object.fromEntries(ofLimits)) };
}

/** A kind of Pod and how many of it there may be at once; what it asks for, its sidecars' part and its RuntimeClass's included. */
export interface Share extends Demand {
  readonly count: number;
  /** Its containers, when it is more than one, the main one first. @default one with all of it */
  readonly containers?: readonly [Demand, ...Demand[]];
  /** Size of its PersistentVolumeClaim, bytes. @default none */
  readonly storage?: number;
}

export interface NamespaceQuotaProps {
  /** Of its two objects. */
  readonly name: string;
  readonly namespace: string;
  /** What fills in for a Pod that says nothing first: the sandboxes where there are any. */
  readonly shares: readonly [Share, ...Share[]];
  /** Services of type LoadBalancer. */
  readonly loadBalancers: number;
}

/** What a helper of a minute's life may ask for. */
const SMALLEST: Demand = {
  requests: { cpu: 0.01, memory: 16 * 2 ** 20, 'ephemeral-storage': 16 * 2 ** 20 },
  limits: {},
};

/** The largest (or smallest) amount of each resource that every share has. */
function extreme(
  shares: readonly Demand[],
  side: 'requests' | 'limits',
  choose: (...amounts: number[]) => number,
): Amounts {
  const resources = Object.keys(shares[0]![side]).filter((it) =>
    shares.every((share) => share[side][it] !== undefined),
  );
  return Object.fromEntries(resources.map((it) => [it, choose(...shares.map((share) => share[side][it]!))]));
}

const quantities = (amounts: Amounts) =>
  Object.fromEntries(
    Object.entries(amounts).map(([resource, value]) => [
      resource,
      k8s.Quantity.fromString(formatAmount(resource, value)),
    ]),
  );

/**
 * What the namespace may hold: room for every share at its maximum and nothing more, and bounds for a single container,
 * which also fill in what a Pod made at run time leaves out.
 */
export class NamespaceQuota extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NamespaceQuotaProps,
  ) {
    super(scope, id);
    this.resourceQuota();
    this.limitRange();
  }

  private metadata(): k8s.ObjectMeta {
    const { name, namespace } = this.props;
    return { name, namespace, labels: labels({ component: 'quota', name }) };
  }

  private resourceQuota() {
    const { shares } = this.props;
    // A resource that one kind of Pod leaves open cannot be counted: the quota would refuse that Pod. GPUs are counted by
    // what is requested: Kubernetes knows no limits of extended resources in a quota.
    const isCounted = (side: 'requests' | 'limits') => (resource: string) =>
      shares.every((share) => share[side][resource] !== undefined) || resource === GPU;
    const prefixed = (side: 'requests' | 'limits') =>
      Object.entries(sumOf(shares.map((share) => ({ count: share.count, amounts: share[side] }))))
        .filter(([resource]) => isCounted(side)(resource))
        .map(([resource, value]) => [`${side}.${resource}`, k8s.Quantity.fromString(formatAmount(resource, value))]);
    const claims = shares.filter(({ storage }) => storage !== undefined);
    const total = (of: (share: Share) => number) =>
      k8s.Quantity.fromNumber(shares.reduce((sum, it) => sum + of(it), 0));
    new k8s.KubeResourceQuota(this, 'resource-quota', {
      metadata: this.metadata(),
      spec: {
        hard: {
          ...Object.fromEntries(prefixed('requests')),
          ...Object.fromEntries(prefixed('limits')),
          pods: total(({ count }) => count),
          persistentvolumeclaims: k8s.Quantity.fromNumber(claims.reduce((sum, { count }) => sum + count, 0)),
          'requests.storage': k8s.Quantity.fromString(
            formatAmount(
              'storage',
              claims.reduce((sum, { count, storage }) => sum + count * storage!, 0),
            ),
          ),
          'services.loadbalancers': k8s.Quantity.fromNumber(this.props.loadBalancers),
          'services.nodeports': k8s.Quantity.fromNumber(0),
        },
      },
    });
  }

  private limitRange() {
    const { shares } = this.props;
    const [sandbox] = shares;
    const containers = shares.flatMap((share): readonly Demand[] => share.containers ?? [share]);
    const main = containers[0]!;
    const withoutGpu = ({ [GPU]: _, ...amounts }: Amounts) => amounts;
    const claim =
      sandbox.storage === undefined
        ? []
        : [
            {
              type: 'PersistentVolumeClaim',
              max: quantities({ storage: sandbox.storage }),
              min: quantities({ storage: Math.min(sandbox.storage, 2 ** 20) }),
            },
          ];
    new k8s.KubeLimitRange(this, 'limit-range', {
      metadata: this.metadata(),
      spec: {
        limits: [
          {
            type: 'Container',
            default: quantities(main.limits),
            defaultRequest: quantities(withoutGpu(main.requests)),
            max: quantities(extreme(containers, 'limits', Math.max)),
            min: quantities(withoutGpu(extreme([...containers, SMALLEST], 'requests', Math.min))),
          },
          ...claim,
        ],
      },
    });
  }
}
