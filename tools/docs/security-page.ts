import { admissionTable } from './admission';
import { managerTable, rightsTable, sandboxAccountTable } from './access';
import { checkerTable, exemptionTable } from './exemptions';
import { page } from './markdown';
import { picture } from './picture';
import { podSecurityTable } from './pod-security';
import { secretTable } from './secrets';
import type { Shipped } from './shipped';
import { policyTable, trafficTable } from './traffic';

const INTRODUCTION = `
# Security

<!-- Written by \`npm run docs\`: change tools/docs/, not this file. -->

A sandbox is a Pod in which an AI agent runs a shell, a browser and an editor. The code that runs there was written by a
language model, often after it has read text that a stranger wrote. So it is treated as hostile: it may try to leave its
container, to read its neighbours' work, to use the cluster's or the cloud's credentials, or to reach private networks.

What stands in its way, from the inside to the outside:

1. **Pod Security.** Every Pod keeps to a standard, and a namespace of this program enforces the same one. \`privileged\`
   gives that layer up.
2. **No token.** A sandbox has an account of its own, without a Role and without a token, except where this page says so.
3. **NetworkPolicies.** Nothing reaches a sandbox and it reaches nothing; each exception is a policy with a name. In a
   namespace of this program that holds for every Pod, whatever its labels.
4. **Quota and limits.** A sandbox cannot take more memory and disk of its node than its limits; where \`[deploy.quota]\` is
   set, all of them cannot take more of the cluster.
5. **Admission policies.** Where they are on, Pods that OpenHands or anybody makes at run time are held to the same rules.
6. **A list of exemptions.** \`cdk8s synth\` writes nothing that breaks a rule and is not on that list.

**What none of these does: keep people apart inside one Pod.** In a pool that is a Deployment or a StatefulSet, all whose
conversations land on one Pod share its files, processes and key, and a StatefulSet's volume comes back with what was left in it.
\`[deploy.pool] shared = true\` in development, staging and production says that this is meant;
[workloads.md](workloads.md#what-people-share-in-a-pool) says what to choose otherwise.

All that follows is computed from what the shipped profiles render. A test fails when this page and the manifests differ.
`;

const TRAFFIC = `
## Traffic

Kubernetes's rules for NetworkPolicy, applied to the rendered policies. *In part*: some of the ports or addresses.
A dash: nobody in that profile makes the connection. These things are taken for granted:

- The cluster has a network plugin that enforces NetworkPolicies. Without one everything is allowed.
- Pods and the API server have private addresses. An API server with a public address can be reached where the internet
  can; then the missing token is the lock.
- A range of addresses in a policy means Pods too. Kubernetes leaves that open; Cilium, for one, does not do so.
- The namespace is one that the profile makes. \`default\` is shared with Pods that are not ours, so there the policies
  hold only for Pods with the label \`app: openhands-runtime\`: whoever may make a Pod there can leave the label out and
  reach everything. Give sandboxes a namespace of their own (\`kubernetes.namespace\`).

A Pod that you run beside the sandboxes, in a namespace of this program, needs a NetworkPolicy of its own: default deny
holds for it too.
`;

const PICTURES = `
### Pictures

Full lines are allowed, crossed ones are refused. The lines in and out of the boxes are those of the policies; the crossed
ones are what somebody would try.
`;

const EGRESS = `
## Egress by name

Where \`deploy.network.egress\` has names (\`domains\`, \`sets\`), a sandbox reaches one thing, unless [Cilium](#with-cilium) is to
hold it to them: the proxy \`openhands-egress\`, a Squid in the namespace \`<sandboxes' namespace>-system\`. It has no name server,
so no name that it asks for leaves the cluster, and no address. Its variables \`HTTP_PROXY\`, \`HTTPS_PROXY\` and \`NO_PROXY\`, in
both spellings, name the proxy; a program that reads none of them reaches nothing.

A request is let through if all of this holds:

1. Its port is in \`ports\`, and port 443 is asked for by \`CONNECT\`: the proxy sees the name, and nothing of what is said.
2. It asks for a name, not for an address, in whatever spelling.
3. The name is listed. \`*.example.com\` is every name below example.com, at any depth, and not example.com. Only now is it
   looked up.
4. None of the addresses that it resolves to is private, a cloud's metadata address, or special in another way, but for the
   ranges of \`allow_private\`. Should it resolve to another address a moment later, the proxy's own NetworkPolicies refuse it.

Who asked for what is in the proxy's log, in JSON, each refusal with its reason:
\`kubectl -n <namespace>-system logs deployment/openhands-egress\`. The client's address is that of the sandbox's Pod; a
request that is let through is written when it ends.
A refusal is answered with 403 and a sentence; of a \`CONNECT\` most programs show the number alone, \`curl -v\` shows the
reason in \`X-Squid-Error\`.

What it does not do:

- **A name that is listed is trusted whole.** What a sandbox sends to github.com can be read by whoever owns the repository
  that it is sent to. List a mirror or a gateway of your own where that matters.
- **Names that share an address.** Within a tunnel a program may name another host in its TLS handshake, and a provider that
  serves many may answer as that one (domain fronting). The proxy does not open the tunnel.
- **A Service of the cluster with a public address** is no private one: some clouds number them so. Such a range needs a
  network plugin that refuses it.

### With Cilium

\`deploy.network.network_plugin = "cilium"\` does without the proxy: one CiliumNetworkPolicy lets a sandbox ask the cluster's name
server for the names of the profile and for no other, and reach the addresses that it gets on \`ports\`. An address that is
private, a cloud's metadata or special in another way is denied under any name, but for \`allow_private\`. Every program reaches
these names: no variable is set. The NetworkPolicies stay, default deny among them.

It needs Cilium 1.19. An older one takes \`**.example.com\`, which the policy has for \`*.example.com\`, for one label before
example.com: it refuses deeper names. The policy is held to the schema of Cilium's CRD, and has not been tried in a cluster.

What it gives up:

- **The name itself.** Cilium lets addresses through. Everything that shares an address with a listed name is reached, as
  with a provider that serves many, whatever is spoken on \`ports\`.
- **The log of who asked for what, and SandboxEgressRefused.** What Cilium drops, its Hubble counts:
  \`deploy.monitoring.network_plugin = "cilium"\`.
- **What runs in the cluster.** To Cilium neither a name nor a range means a Pod or a node: a listed name of a Service is looked
  up and not reached, whatever \`allow_private\` says.
- **A Sidecar for logs, and a node-local DNS cache.** A profile that has one is refused.
`;

const CANVAS = `
## Canvas

Where \`[deploy.canvas]\` is set, a person reaches a sandbox through its Canvas: a server of files, which passes the API on. It
keeps nothing, holds no key unless there is a sign-in before it, and its policy leads to the sandbox of its own session. The name server is the only other thing
that it reaches: the sandbox's Service is known by name. Two things are given up:

- **The editor and the page share an origin.** As in OpenHands's own distribution the editor is below \`/vscode\` of the page's
  host. The browser keeps the keys that a person has typed into the page, of every backend, where code of that origin can read
  them: an extension in the editor, or whatever the agent has put in the editor's place
  ([OpenHands/OpenHands#16492](https://github.com/OpenHands/OpenHands/issues/16492)). The session's own key the agent has anyhow;
  do not add other backends to a session's page. \`deploy.canvas.editor = false\` leaves the editor out, and with it this way. A
  host of its own for the editor would keep them apart too, but the page then shows no way to it, and the ingress controller
  would have to reach the sandbox.
- **The page's API is the sandbox's.** What a sandbox answers on \`/api\` is of the same origin as well. An agent that takes over
  its own server can send a person who opens the page whatever it likes, within that session's host. Hosts of sessions do not
  share an origin, but those below one domain share its cookies: give sandboxes a domain that nothing else uses.

Without a sign-in, a stranger who reaches the host sees the page and the version and uptime of the sandbox (\`/server_info\`), and
needs the key for everything else. The page is the same for everybody: \`--auth-required\` has it ask for the key.
`;

const SIGN_IN = `
## Sign-in

Where \`[deploy.sign_in]\` is set, the way in is ingress controller → sign-in → Canvas → sandbox, each of the one session, and there is
no other ([docs/sign-in.md](sign-in.md)). The sign-in, oauth2-proxy, asks an OpenID provider who comes, with PKCE and a nonce, and lets
in the owners of its session.

- **Nothing of a request is believed** but its cookie. \`X-Forwarded-User\` and the like are replaced by what the issuer said,
  \`X-Forwarded-Host\` and \`-Uri\` decide nothing, a bearer token is no sign-in, and no path goes past it. The redirect address is one
  whole URL; after signing in or out people stay on the session's host.
- **A cookie is of one session.** Its name is part of its signature, and \`__Host-\` binds it to the host. The sandbox, which is behind the
  sign-in, sees the cookies of its own visitors: it cannot read what is in them, and they open no other session.
- **A cookie alone does not use the API.** The page also sends the session's key, which other hosts cannot read. Hosts below one
  domain are one *site* to a browser, which sends \`SameSite\` cookies between them: without the key, what runs in one session could use
  another that the same person is signed in to. What is left is the page's and the editor's paths, which only show something.
- **The client's secret and the cookies' are in the sandboxes' namespace.** A sandbox has no token to read them, and
  \`deploy.security.admission_policy\` refuses a Pod that would mount them.
- **What is given up:** an open web socket lives on after signing out until its page is closed, and for up to 5 minutes the issuer is not
  asked whether it still knows the person.
`;

const RIGHTS = `
## Rights in the Kubernetes API

What a sandbox's own account may do. A token without a Role shows who one is, and no more than the cluster lets every
account see:
`;

const BOUND = `
The Roles and bindings of the shipped profiles:
`;

const MANAGERS = `
An account that \`deploy.access.managers\` names gets the Role of the client that it uses: \`KubernetesRuntime\` with the
contract \`action-execution-server\`, \`AgentSandboxWorkspace\` where sandboxes are made through agent-sandbox, none
elsewhere. The account of \`deploy.access.app_server\` gets \`AppServer\`.
`;

const POD_SECURITY = `
## Pod Security

Bold: what the standard \`restricted\`, or this program's own rules on top of it, would not let pass. A Pod on the host's
users shares their ids with the node: \`deploy.security.host_users = false\` separates them, and
\`deploy.security.runtime_class\` puts a sandbox behind a kernel of its own.
`;

const GVISOR = `
### In gVisor

A container shares its node's kernel, so a fault of that kernel is a way out. gVisor is a kernel of its own for each sandbox,
in a process without rights: what the agent runs asks it, and only it asks the node. Nodes need \`runsc\` and
\`containerd-shim-runsc-v1\` (https://gvisor.dev/docs/user_guide/containerd/quick_start/), and the profile:

    [deploy.security]
    runtime_class = "gvisor"

    [deploy.runtime_classes.gvisor]      # only where the cluster has no such RuntimeClass; a managed one mostly has
    handler = "runsc"
    node_selector = { "openhands.dev/runtime" = "gvisor" }
    overhead = { cpu = "50m", memory = "64Mi" }   # the scheduler counts it, and so does the quota

A RuntimeClass is an object of the whole cluster: two profiles that make it must write it alike. \`npm run preflight\` says when
it is missing, on which nodes it leads its Pods, and what one of the cluster takes that the quota does not count. The
tolerations of one that the cluster has belong into \`tolerations_yaml\`.

A restricted sandbox of the agent-server in gVisor was seen on a cluster: Ready, admitted and counted by the quota to the byte,
with its commands, an agent that made a file, that file after its Pod was deleted, and closed to a stranger.
\`npm run parts -- gvisor.part\` tries that, and every direction of its NetworkPolicies.

What it costs, beside runc: both Pods one after the other in that test, on 2026-11-28, with runsc of September 2026 on systrap, on
two cores with nothing else to do. The commands marked by a star were timed once more by hand, while forty other processes wanted
the two cores: there everything that opens files took five to fifty times as long as on runc.

| what | runc | gVisor |
|---|---|---|
| from the Pod's creation to Ready | 6.0 s | 14.0 s |
| memory that the node counts for the idle Pod | 303 MiB | 347 MiB |
| a command that does nothing | under 10 ms | 50 ms |
| ten million additions in Python | 0.35 s | 0.39 s |
| \`git clone\` of 2,000 files, 6 MB | 0.2 s | 1.1 s |
| \`pip install\` of 1,000 modules, 0.5 MB | 1.7 s | 3.2 s |
| \`git status\` in that clone * | 0.05 s | 2.8 s |
| \`grep -r\` over it * | 0.14 s | 1.5 s |

So a sandbox needs some 40 MiB more, which is what \`overhead\` is for, and what starts many processes or opens many files is
several times slower; a model's answer takes longer than either.

What is not there:

| what | in gVisor |
|---|---|
| \`host_users = false\` | refused: the kubelet starts no such Pod, https://github.com/google/gvisor/issues/13303 |
| \`use_host_network = true\` | refused: the Pod is Running and has no network at all |
| \`privileged = true\` | a warning: Docker in Docker needs raw sockets, which the nodes' runsc gives with \`--net-raw\` and \`--allow-packet-socket-write\` |
| \`enable_gpu = true\` | a warning: the nodes' runsc needs \`--nvproxy\` |
| \`kubectl port-forward\` to the sandbox | does not come in, https://github.com/google/gvisor/issues/3811. \`npm run verify\` and \`npm run sessions\` go by a shell in the Pod, and clients by its Service. The SDK's \`AgentSandboxWorkspace\` forwards a port unless told \`connection="direct"\` |

**No shipped profile has it**, production neither: where the RuntimeClass is missing, Kubernetes refuses every Pod that
names it, so production would bring up no sandbox on a cluster without gVisor; and what is slower is for its owner to weigh.
It is the two tables above, and at the top of \`production.toml\`.
`;

const EXEMPTIONS = `
## Exemptions

The whole list of rules that do not hold for some objects (\`constructs/policy/exemptions.ts\`). Everything else that breaks
a rule is refused before a file is written.
`;

const CHECKERS = `\
### Of kube-score and checkov

\`npm run checkers\` runs both on every shipped profile and fails on any other critical finding
(\`constructs/policy/checker-exemptions.ts\`).`;

const ADMISSION = `
## Admission policies

What the API server itself refuses. They hold in the sandboxes' namespace only.

With \`deploy.security.admission_policy = true\` a Pod in that namespace must be of a kind that the profile renders: a
session's, a pool's, a Canvas's, a sign-in's, the dev box. Its labels say which kind. A policy for each kind then compares it with the
profile's own Pod, container by container: it may be less, and no more. Where \`deploy.access.managers\` make Pods with the
contract \`action-execution-server\`, OpenHands 0.62's own Pod is one of a session's examples too; it sets no security
context, so less is asked of it. The policies judge a Pod when it is made, and again when its image, its limits or anything
else of its spec or these labels change, by a subresource too. Who may use \`exec\` is a matter of Roles.

- **Other Pods** do not belong into a namespace of this program with that policy: neither the OpenHands app, nor debug
  containers, nor cert-manager's HTTP-01 solvers (use DNS-01), nor Pods with injected sidecars. Run them elsewhere.
- **In \`default\`**, which is shared, only Pods with our labels are held, and every Pod that a manager makes. Somebody else
  who may make Pods there is not held.
- **What the cluster adds** must be in the profile: the tolerations of a RuntimeClass belong into
  \`kubernetes.tolerations_yaml\`. A cluster with a default PriorityClass needs \`[deploy.high_availability]\`.
- **An upgrade** changes images, but not that of a Sandbox that is there already. Name its image in
  \`deploy.security.earlier_images\` until it is gone, or it neither resumes nor comes back after a drain.
- **A restore by Velero, file by file,** adds an init container: delete the policies' bindings, restore, apply again.
`;

const IDLE = `
## The idle suspender

\`[deploy.idle]\` runs a program of ours a few times an hour, beside the sandboxes in \`<namespace>-system\`, and gives it:

- **a token** that lists Sandboxes, their claims and Pods of one namespace, makes Events, and patches Sandboxes. The admission
  policy \`openhands-runtime-idle\` leaves of that patch one thing: \`operatingMode: Suspended\`. It cannot resume, delete or
  change what a sandbox runs.
- **the session keys**: how many conversations run is told only to those who have the key. The Secret
  \`openhands-idle-keys\` is a copy of the entries \`<owner>.api-key\` alone, made by \`npm run keys\` or by an ExternalSecret. The
  keys that encrypt people's credentials are not in it, and no Role may read Secrets. Where the app server gives each
  conversation a key of its own, that key stands in the Sandbox itself, which whoever lists Sandboxes can read.

With a key one can run commands in a sandbox, and the program does: before it suspends one, it looks for an open editor and
for what computes in the background (\`look\` in \`constructs/idle/program/decide.ts\`). A sandbox gets its own key and nobody
else's, at the address of the Pod that its Sandbox owns. What it answers is taken for hostile: 1 MiB and 5 s at most, no
redirect, and every value is checked. An agent can lie to be left running, or to be suspended; it decides about no other.
`;

const SECRETS = `
## Secrets

Profiles and manifests hold names of Secrets, never values. A value reaches a sandbox only through an entry of a Secret in
its namespace. The agent can read what its sandbox can: a key there protects from other Pods, not from the agent.
That holds for the key of \`[llm]\`, too: the agent finds it in a file and in the API, so give sandboxes a key of their own, with
a budget, or a gateway that has the real one.
`;

const drawn = (shipped: Shipped): string => `#### ${shipped.name}\n\n\`\`\`mermaid\n${picture(shipped)}\n\`\`\``;

/** docs/security.md, for who reviews what the profiles give up. */
export const securityPage = (profiles: readonly Shipped[]): string =>
  page(
    ...[INTRODUCTION, TRAFFIC, trafficTable(profiles), PICTURES, ...profiles.map(drawn)],
    ...['### Policies', policyTable(profiles), EGRESS, CANVAS, SIGN_IN],
    ...[RIGHTS, sandboxAccountTable(profiles), BOUND, rightsTable(profiles), MANAGERS, managerTable()],
    ...[POD_SECURITY, podSecurityTable(profiles), GVISOR, EXEMPTIONS, exemptionTable(profiles)],
    ...[CHECKERS, checkerTable()],
    ...[ADMISSION, admissionTable(profiles), IDLE, SECRETS, secretTable(profiles)],
  );
