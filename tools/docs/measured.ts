const NODES = `
## Seen on several nodes

\`npm run parts -- nodes.part\` runs the shipped pools on six nodes in three zones whose kubelets [kwok](https://kwok.sigs.k8s.io)
plays. Scheduler, controllers, API server, metrics-server and descheduler are real. **Not real** are the containers (a start is 5 s
by decree), the network to them and their disks: a volume belongs to a zone, as a cloud's does, and holds nothing. Seen on
2026-11-28, Kubernetes 1.34, two cores that had much else to do:

| what happens | what is seen |
|---|---|
| a pool of two under load | ten sandboxes after 55 to 83 s, 4 + 3 + 3 in three zones, at most two on a node |
| a drained node with two of ten | drained after 13 to 15 s; never fewer than nine served |
| ten without load | two after 426 s: one a minute |
| an update of ten | 161 to 177 s, one after the other; even over the zones afterwards |
| a node dies | noticed after 18 to 24 s (grace period 20 s; Kubernetes's own is 50 s), its sandboxes Ready elsewhere after 24 to 53 s with \`eviction_seconds = 20\` |
| full nodes | six sandboxes more push out Pods of no priority within 15 s, and none of those pushes out a sandbox |
| a sandbox that has failed | the descheduler removes it and no other |
| a StatefulSet's node is drained | its sandboxes come back on the other node of their volume's zone |
| a StatefulSet's node dies | its sandboxes wait until the taint \`node.kubernetes.io/out-of-service\`, then come back in their zone ([recovery.md](recovery.md)) |
`;

const BURST = `
## A burst of ten

\`npm run parts -- headroom.part\`: ten sandboxes of staging's pool fill the only node, and ten more are asked for at once, once
without and once with \`[deploy.headroom] sandboxes = 10\` ([workloads.md](workloads.md#room-for-a-burst)). The nodes are simulated
as above. **Not real** is also who adds a node: the test does, 30 s after Pods wait for one. Both in one run, on the same day, on
two cores with four times as much to do as they could:

| | without headroom | with headroom for ten |
|---|---|---|
| before the burst | a full node | a full node, and one that placeholders have waited for |
| all ten have a node | after 35.4 s: it is the new one | after 8.5 s: it is the placeholders' |
| all ten are Ready | after 40.9 s | after 14.1 s |
| who waits for the next node | the sandboxes | the placeholders, which are all on it when it comes |

The 8.5 s are the scheduler's, which pushes out one placeholder after the other. The 35.4 s are the node's: a cloud's takes
minutes, and then pulls the image.
`;

const MANY = `
## Seen with many

\`SESSIONS=50 WAITING=10 npm run parts -- scale.part\`, on the same day and the same machine, \`kubectl apply -f dist\` on empty
namespaces. The machine was overloaded in this table: take the seconds for the order of magnitude, and the rest as it is.

| | agent-sandbox, 50 sessions and 10 that wait | staging, 50 sessions with their pages and a pool of 2 |
|---|---|---|
| objects applied | 172 in 88 s | 373 in 42 s |
| every sandbox Ready | after 574 s: the API server got little of two cores | after 50 s, with the control plane first in line |
| CPU of the API server | 84 s | 19 s |
| etcd grew by | 2.9 MiB | 15.5 MiB |
| one admission by our policies | 4.1 ms | 0.6 ms |
| one admission by the quota | 17 ms | 1.5 ms |
| a Pod made, all in all | 841 ms | 57 ms |

The seconds of the first column are those of a controller of agent-sandbox that asks for no CPU, on a node that had none to
spare: it stood still for minutes. Give it a request. With 250 sessions, \`kubectl apply\` made 772 objects in 23 s once the
control plane was first in line, and the controller had made no Pod a minute later.

Staging with 300 sessions and their pages: 2,123 objects applied in 140 s, all 302 sandboxes Ready after 166 s, 101 + 101 + 100 in
its zones; 91 s of CPU of the API server, 46 MiB in etcd, 1.0 ms for our policies, 5.3 ms for the quota, 146 ms for a Pod;
deleted in 71 s.

**1,000 sessions of agent-sandbox and a warm pool of 200**, \`SESSIONS=1000 WAITING=200\`, on the same machine with nothing else to
do and a CPU request for the controller:

| | |
|---|---|
| objects applied | 3,022 in 114 s, nearly all of it \`kubectl apply\`, one object after the other |
| every sandbox Ready | 1,200 after 370 s, counted from the start of the apply: three to five a second |
| zones | 441 + 438 + 321 |
| CPU of the API server | 190 s |
| etcd grew by | 164 MiB |
| one admission by our policies | 0.4 ms, of 35,025 |
| one admission by the quota | 8.1 ms |
| a Pod made, all in all | 170 ms |

So neither the admission policies nor the quota are what takes the time at this size: it is the CPU of the API server, 0.2 s for
each sandbox that is made on an idle machine and up to 1.4 s on a busy one, and of the controllers. Ten profiles of 1,000 sessions
each, 30,350 objects, take \`npx cdk8s synth\` 9 s of CPU. 1,000 sessions of staging with their pages were not tried.
`;

const GROWTH = `
## What grows how

| what | grows with | note |
|---|---|---|
| objects | sessions | the table above; the cluster adds a ReplicaSet for each Deployment, a Pod, an EndpointSlice for each Service |
| policies that hold for one sandbox | not at all | a handful; but a page and a sign-in have one for each session, and the network plugin of a node computes those of its own Pods |
| Service rules on **every** node | sessions × Services | iptables has several rules for each; with thousands of Services, kube-proxy in mode nftables or a plugin in its place |
| targets of Prometheus | 2 × sandboxes | each asked every \`[deploy.monitoring] interval\` (30s) through the exporter |
| admission | not with sessions | the policies look at the one object that is made; the quota counts in one place, and waits for the one before |
| rounds of the idle suspender | sandboxes | one round has 240 s; \`IdleSuspenderDown\` fires when they do not suffice |
| start of the program | sessions | \`npm run bench\`: linear, 5,000 sessions in 400 MiB |
`;

const FIRST = `
## The first limit

1. **100 sessions**: a Certificate for all hosts, with a public issuer.
2. **Some 1,100 sessions**: production's ExternalSecret and \`kubectl apply\` without \`--server-side\`.
3. **Some thousands**: Services in kube-proxy's iptables; 110 Pods a node, where each session has two to four.
4. **6,600 and 8,192 sessions**: that ExternalSecret in etcd, and the Secret of all keys.
5. **150,000 Pods, 5,000 nodes**: what Kubernetes itself [is tested with](https://kubernetes.io/docs/setup/best-practices/cluster-large/).

A namespace of 1,000 sessions is far from all but the first two.
`;

const SPLIT = `
## Ten thousand

Several profiles, each with a namespace, a domain and at most 1,000 sessions of its own, in one cluster or in several:

\`\`\`toml
# fleet/sandboxes-3.toml
[kubernetes]
namespace = "sandboxes-3"
ingress_domain = "sandboxes-3.example.com"

[deploy]
extends = "agent-sandbox"                     # or a path, ../base.toml: what all have in common
sessions = ["person-03000", "person-03001"]   # … to person-03999: written by whatever knows the people
quota = { max_sandboxes = 1020 }
\`\`\`

\`\`\`sh
PROFILE='fleet/*.toml' npx cdk8s synth   # dist/sandboxes-0/ … dist/sandboxes-9/; what two of them would both make is refused
for each in dist/*/; do kubectl apply --server-side -f "$each"; done       # or a kubectl --context for each
\`\`\`

- With sign-in each session has its owner beside it, and with egress by name each namespace's proxy an address of its own:
  \`[deploy.sign_in.owners]\`, \`[deploy.network.egress] address\`. The first is refused when it is
  forgotten, and \`npm run preflight\` says when an address is taken.
- A person's session stays where it is: its volume is in that namespace. New people go into the newest profile.
- Quota, policies, keys, alerts and backups are each namespace's own, so what fails is one of ten.
- Who needs no session of their own claims one: \`[deploy.pool] workload = "SandboxWarmPool"\` and \`[deploy.pools.NAME]\` cost objects
  for what waits and for what is claimed, and not for every person. With \`[deploy.idle]\` a suspended one is an object and a volume.
- Several clusters: a cluster a profile, and a domain each. Nothing of a profile knows of another.
`;

/** What was measured, and not computed: it holds for the day and the machine that it names. */
export const MEASURED: readonly string[] = [NODES, BURST, MANY, GROWTH, FIRST, SPLIT];
