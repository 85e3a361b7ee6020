import * as z from 'zod';
import { EGRESS_SETS, type EgressSet } from '../egress-sets';
import { Cidr, IpAddress, Port } from './values';

const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';

/** A name of two labels or more, the last of which begins with a letter: no address. */
const DOMAIN = new RegExp(String.raw`^(?=.{1,253}$)(\*\.)?(${LABEL}\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`);

const NAME = 'a host name such as api.example.com, or *.example.com for every name below it';

/** What is wrong with it, for those mistakes that are often made. */
function domainError(text: unknown): string {
  if (typeof text !== 'string') return NAME;
  const hint = [
    [/:\/\//, 'without a scheme'],
    [/\//, 'without a path'],
    [
      /^[0-9.]+$|^\[?[0-9a-f]*:[0-9a-f:.]*\]?$/i,
      'and no address: addresses are let through by a list of { cidr, ports }',
    ],
    [/:\d+$/, 'without a port, which belongs in ports'],
    [/\*/, 'with * in the place of its first labels only, before two others at least'],
    [/[A-Z]/, 'in lower case'],
    [/\.$/, 'without a dot at its end'],
  ].find(([pattern]) => (pattern as RegExp).test(text));
  return hint ? `${NAME}, ${hint[1] as string}` : NAME;
}

/** A host's name, or `*.` and a name: every name below that one, at any depth, and not that one itself. */
export const EgressDomain = z.string({ error: NAME }).regex(DOMAIN, { error: ({ input }) => domainError(input) });

const PORTS = 'a list of ports, such as [443]';

/** Where the proxy is, unless a profile says otherwise: in the range of Services that kubeadm and kind choose. */
export const PROXY_ADDRESS = '10.96.0.53';

/** Where a sandbox may go, by name: through a proxy, which is all that it reaches, or as Cilium lets it. */
export const EgressNames = z.strictObject({
  /** Host names that sandboxes may reach. `*.example.com`: every name below example.com, at any depth, and not example.com. */
  domains: z.array(EgressDomain).default([]),
  /** Names that belong together: those of model providers and forges. config/egress-sets.ts has them. */
  sets: z.array(z.enum(Object.keys(EGRESS_SETS) as [EgressSet, ...EgressSet[]])).default([]),
  /** Ports of these hosts. The proxy is asked for 443 by CONNECT alone, for any other also by a plain HTTP request. */
  ports: z.array(Port, { error: PORTS }).min(1, { error: PORTS }).default([443]),
  /**
   * Private ranges in which these names may lie, for a mirror or a model inside. A Service's own address and its Pods' are
   * two ranges. Every other private address is refused, whatever a name resolves to.
   */
  allow_private: z.array(Cidr).default([]),
  /**
   * The proxy's address, a free one of the range of the cluster's Services. Sandboxes look up no names, so that they are
   * told the address; the default is one of the range that kubeadm and kind choose.
   */
  address: IpAddress.default(PROXY_ADDRESS),
});
export type EgressNames = z.infer<typeof EgressNames>;
