import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { egressNames, proxiedNames } from '../../config/egress';
import { AGENT_SERVER_IMAGE } from '../../config/images';
import type { Profile } from '../../config/schema/profile';
import { SandboxManagers } from '../access/access';
import { OpenHandsConfig } from '../access/openhands-config';
import { TokenlessServiceAccount } from '../access/service-account';
import { ClaimAdmission } from '../admission/claim-admission';
import { PodAdmission } from '../admission/pod-admission';
import { podShapes } from '../admission/pod-shape';
import { SandboxAdmission } from '../admission/sandbox-admission';
import { CiliumEgressPolicy } from '../egress/cilium-network-policy';
import { SuspenderAdmission } from '../idle/suspender-admission';
import { CANVAS, RUNTIME, SIGN_IN } from '../labels';
import { podShares } from '../namespace/pod-shares';
import { NamespaceQuota } from '../namespace/quota';
import { sharesOf } from '../namespace/shares';
import { SandboxNetworkPolicies } from '../network/network-policies';
import { networkRules } from '../network/network-rules';
import { Manifests, type Manifest } from '../policy/objects';
import { programOf } from '../sandbox/contract';
import { llmOf, LlmProgram } from '../sandbox/llm-profile';
import { sandboxEnvironment } from '../sandbox/pod';
import { usesAgentSandbox } from '../sandbox/program';
import { SandboxRuntimeClass } from '../sandbox/runtime-class';
import { SandboxPriority } from '../scheduling/availability';
import { SandboxSecret } from '../secrets/external-secret';
import { secretEntries } from '../secrets/secrets';
import { SandboxCertificate } from '../ways-in/certificate';
import { exposedServices } from '../ways-in/exposure';
import { SandboxGateway } from '../ways-in/gateway';
import { namespacesOf } from './namespaces';

/** `1-policies`: who a sandbox is, what it may do, whom it may talk to and how much there may be of it. */
export class PoliciesChart extends Chart {
  private readonly sandboxNamespace: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly profile: Profile,
  ) {
    super(scope, id);
    this.sandboxNamespace = profile.kubernetes.namespace;
    this.runtimeClasses();
    this.account();
    if (llmOf(profile)) new LlmProgram(this, 'llm', this.sandboxNamespace);
    this.access();
    this.network();
    this.entrance();
    this.secrets();
    this.bounds();
    this.defaultAccounts();
  }

  private runtimeClasses() {
    for (const [name, config] of Object.entries(this.profile.deploy.runtime_classes))
      new SandboxRuntimeClass(this, name, config);
  }

  private account() {
    new TokenlessServiceAccount(this, RUNTIME, { name: RUNTIME, namespace: this.sandboxNamespace });
    const { canvas, sign_in, sessions } = this.profile.deploy;
    if (sessions.length === 0) return;
    for (const name of [...(canvas ? [CANVAS] : []), ...(sign_in ? [SIGN_IN] : [])])
      new TokenlessServiceAccount(this, name, { name, namespace: this.sandboxNamespace });
  }

  /**
   * In a namespace of ours OpenHands's own Pods, which use `default`, get no token either. The cluster makes that account
   * itself, right after the namespace: coming last, we do not race it.
   */
  private defaultAccounts() {
    for (const [namespace] of namespacesOf(this.profile)) {
      new TokenlessServiceAccount(this, `default-${namespace}`, { name: 'default', namespace });
    }
  }

  private access() {
    const { managers, app_server } = this.profile.deploy.access;
    const namespace = this.sandboxNamespace;
    if (app_server) this.appServer(app_server.account);
    if (usesAgentSandbox(this.profile) && managers.length + (app_server ? 1 : 0) > 0) {
      const claimants = [...managers, ...(app_server ? [app_server.account] : [])];
      new SandboxAdmission(this, 'sandbox-admission', { namespace, managers: claimants });
    }
    if (this.profile.deploy.idle) new SuspenderAdmission(this, 'idle-admission', namespace);
    if (managers.length === 0) return;
    if (this.profile.deploy.contract === 'action-execution-server') {
      new SandboxManagers(this, 'managers', { namespace, managers, client: 'KubernetesRuntime' });
    }
    if (usesAgentSandbox(this.profile)) {
      new SandboxManagers(this, 'managers', { namespace, managers, client: 'AgentSandboxWorkspace' });
    }
    new OpenHandsConfig(this, 'config', { namespace, tables: this.profile.openhands, image: this.movedImage() });
  }

  /** The sandboxes' image, if the profile pulls it from a mirror or by a digest that OpenHands would not know of. */
  private movedImage(): string | undefined {
    const { sandbox } = this.profile;
    const { image } = programOf(this.profile, RUNTIME);
    const written = [sandbox.runtime_container_image, sandbox.base_container_image, AGENT_SERVER_IMAGE];
    return written.includes(image) ? undefined : image;
  }

  private appServer(account: string) {
    const namespace = this.sandboxNamespace;
    new SandboxManagers(this, 'app-server', { namespace, managers: [account], client: 'AppServer' });
    new ClaimAdmission(this, 'claim-admission', {
      namespace,
      env: sandboxEnvironment(this.profile, programOf(this.profile, RUNTIME)),
    });
  }

  private network() {
    new SandboxNetworkPolicies(this, 'network', {
      namespace: this.sandboxNamespace,
      rules: networkRules(this.profile),
    });
    const { network } = this.profile.deploy;
    const egress = egressNames(network);
    if (egress && !proxiedNames(network)) {
      new CiliumEgressPolicy(this, 'cilium', { namespace: this.sandboxNamespace, egress });
    }
  }

  private entrance() {
    const { kubernetes, deploy } = this.profile;
    const { kind, gateway, cluster_issuer } = deploy.ingress;
    const namespace = this.sandboxNamespace;
    const tlsSecret = kubernetes.ingress_tls_secret;
    if (kind === 'HTTPRoute' && gateway.namespace === undefined) {
      new SandboxGateway(this, 'gateway', { namespace, gateway, domain: kubernetes.ingress_domain, tlsSecret });
    }
    if (cluster_issuer === undefined || tlsSecret === undefined) return;
    const program = programOf(this.profile, RUNTIME);
    const hosts = deploy.sessions.flatMap((it) => exposedServices(this.profile, it, program)).map(({ host }) => host);
    if (hosts.length > 0) {
      new SandboxCertificate(this, 'certificate', { namespace, secret: tlsSecret, issuer: cluster_issuer, hosts });
    }
  }

  private secrets() {
    const store = this.profile.deploy.secrets.external;
    if (store === undefined) return;
    for (const [name, entries] of secretEntries(this.profile)) {
      new SandboxSecret(this, `secret-${name}`, { namespace: this.sandboxNamespace, name, entries, store });
    }
  }

  private bounds() {
    const { quota, security, high_availability } = this.profile.deploy;
    const namespace = this.sandboxNamespace;
    if (high_availability) new SandboxPriority(this, 'priority', { namespace, value: high_availability.priority });
    if (quota) {
      new NamespaceQuota(this, 'quota', {
        name: RUNTIME,
        namespace,
        shares: sharesOf(this.profile, quota.max_sandboxes),
        loadBalancers: this.profile.deploy.pool?.service_type === 'LoadBalancer' ? 1 : 0,
      });
    }
    if (security.admission_policy) {
      const { managers } = this.profile.deploy.access;
      const exempt = this.restorers();
      new PodAdmission(this, 'admission', { namespace, shapes: podShapes(this.profile), managers, exempt });
    }
  }

  /**
   * Velero copies files back from an init container that it adds to a Pod as it makes it. Gives up: Velero's own Pods are
   * held by Pod Security alone; its account may do everything anyway.
   */
  private restorers(): string[] {
    const backup = this.profile.deploy.recovery?.backup;
    return backup?.volumes === 'file-system' ? [`${backup.namespace}/${backup.account}`] : [];
  }

  /**
   * Bound the namespaces of what is no sandbox: room for what all charts together render there, which is why this comes
   * last.
   */
  boundSystemNamespaces(app: Construct): void {
    const { quota } = this.profile.deploy;
    if (quota === undefined) return;
    for (const [namespace] of namespacesOf(this.profile).filter(([it]) => it !== this.sandboxNamespace)) {
      const objects = app.node.findAll().filter((it) => ApiObject.isApiObject(it));
      const own = objects
        // A RuntimeClass is of the cluster, and takes something of each Pod.
        .filter(({ kind, metadata }) => metadata.namespace === namespace || kind === 'RuntimeClass')
        .map((it) => it.toJson() as Manifest);
      const [first, ...others] = podShares(new Manifests(own), namespace, quota.max_nodes);
      if (first === undefined) continue;
      const props = { name: 'openhands-system', namespace, shares: [first, ...others] as const, loadBalancers: 0 };
      new NamespaceQuota(this, `quota-${namespace}`, props);
    }
  }
}
