import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { namesOf, refusedRanges } from '../../config/egress';
import type { EgressNames } from '../../config/schema/egress-names';
import { labels, RUNTIME } from '../labels';

export interface CiliumEgressPolicyProps {
  /** Of the sandboxes. */
  readonly namespace: string;
  readonly egress: EgressNames;
}

/** Cilium's `*.` is one label, and its `**.` one or more. Before 1.19 both are one: fewer names then, and none too many. */
const selectorOf = (name: string) => (name.startsWith('*.') ? { matchPattern: `*${name}` } : { matchName: name });

/**
 * The names that sandboxes may reach, as Cilium enforces them: it reads the name server's answers and lets these addresses
 * through. The NetworkPolicies' default deny stays, and so does what they allow; a deny of Cilium's is before every allow.
 *
 * https://docs.cilium.io/en/stable/security/policy/language/
 */
export class CiliumEgressPolicy extends Construct {
  constructor(scope: Construct, id: string, { namespace, egress }: CiliumEgressPolicyProps) {
    super(scope, id);
    const selectors = namesOf(egress).map(selectorOf);
    new ApiObject(this, 'policy', {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: {
        name: `${RUNTIME}-allow-egress-names`,
        namespace,
        labels: labels({ component: 'network' }),
        annotations: {
          'kubernetes.io/description':
            'A sandbox may look up the names of the profile and reach them, and no private address under any name.',
        },
      },
      spec: {
        endpointSelector: { matchLabels: { app: RUNTIME } },
        egress: [
          {
            toEndpoints: [
              { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' } },
            ],
            // Of any other name not even the question gets out: it could carry something.
            toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: selectors } }],
          },
          {
            toFQDNs: selectors,
            toPorts: [{ ports: egress.ports.map((port) => ({ port: String(port), protocol: 'TCP' })) }],
          },
        ],
        // `toFQDNs` lets through whatever a name resolves to. To Cilium a range means no Pod: the name server is not denied.
        egressDeny: [{ toCIDR: refusedRanges(egress) }],
      },
    });
  }
}
