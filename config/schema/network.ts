import * as z from 'zod';
import { EgressNames } from './egress-names';
import { Cidr, DnsLabel, IpAddress, LabelKey, LabelValue, Port } from './values';

const Labels = z.record(LabelKey, LabelValue);

/** Pods of a namespace: all of them, or those with labels. */
export const PodPeer = z.strictObject({
  /** Name of the namespace. */
  namespace: DnsLabel,
  /** Labels of the Pods; absent: every Pod of the namespace. */
  pods: Labels.optional(),
});
export type PodPeer = z.infer<typeof PodPeer>;

const CidrPeer = z.strictObject({
  /** Range of addresses. */
  cidr: Cidr,
});

const PEER = '{ namespace = "traefik", pods = { app = "traefik" } }, or { cidr = "10.1.2.0/24" }';

/** Who may come in: Pods, or addresses where a program has none of its own (one on the node's network). */
const Peer = z.union([PodPeer, CidrPeer], { error: PEER });
export type Peer = z.infer<typeof Peer>;

const PORTS = 'a list of ports, or absent for every port';
const Ports = z.array(Port, { error: PORTS }).min(1, { error: PORTS }).optional();

/** Where a sandbox may go. */
const EgressRule = z.union(
  [
    PodPeer.extend({
      /** Ports that it may be reached on; absent: every port. */
      ports: Ports,
    }),
    CidrPeer.extend({
      /** Ports that they may be reached on; absent: every port. */
      ports: Ports,
      /** Says out loud that the addresses are not the internet's. */
      allow_private: z.boolean().default(false),
    }),
  ],
  {
    error:
      'a rule such as { cidr = "203.0.113.0/24", ports = [443] }, ' +
      'or { namespace = "databases", pods = { app = "postgres" }, ports = [5432] }',
  },
);
export type EgressRule = z.infer<typeof EgressRule>;

/** `[deploy.network]`: default deny in both directions, and what is let through. */
export const NetworkConfig = z.strictObject({
  /** Who may call the sandboxes' API; the managers' namespaces may without being named. */
  clients: z.array(Peer).default([]),
  /** The ingress controllers, which may reach the ports that are exposed. */
  ingress_controllers: z.array(Peer).default([]),
  /**
   * Address families of the cluster's Pods. IPv6 on a network that has none changes nothing, unless its plugin is one that
   * stops enforcing every policy when it meets an IPv6 range (kube-router 1).
   */
  ip_families: z
    .array(z.enum(['IPv4', 'IPv6']))
    .min(1, { error: 'IPv4, IPv6 or both' })
    .default(['IPv4', 'IPv6']),
  /** Where sandboxes may go: the internet without private ranges, nowhere, a list of addresses and Pods, or names. */
  egress: z
    .union([z.enum(['internet', 'none']), z.array(EgressRule), EgressNames], {
      error:
        '"internet", "none", { domains = ["api.example.com"] }, ' +
        'or a list of rules such as { cidr = "203.0.113.0/24", ports = [443] }',
    })
    .default('internet'),
  /**
   * Who holds sandboxes to the names of `egress`; absent: a proxy and NetworkPolicies, with whatever plugin. "cilium": a
   * CiliumNetworkPolicy and no proxy, from Cilium 1.19 on; docs/security.md says what that gives up.
   */
  network_plugin: z.enum(['cilium']).optional(),
  /** Address of the node-local DNS cache, where there is one. */
  dns_node_local: IpAddress.optional(),
});
export type NetworkConfig = z.infer<typeof NetworkConfig>;
