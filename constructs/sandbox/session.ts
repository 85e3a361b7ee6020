import { Construct } from 'constructs';
import { KEPT } from '../gitops';
import { k8s } from '../k8s';
import { labels, RUNTIME, sessionSelector } from '../labels';
import { EVERY_SESSION } from '../scheduling/availability';
import { Canvas } from '../ways-in/canvas';
import { requestSeconds } from '../ways-in/entrance';
import { exposedServices, type ExposedService } from '../ways-in/exposure';
import { SandboxRoute } from '../ways-in/http-route';
import { SandboxIngress } from '../ways-in/ingress';
import { SignIn } from '../ways-in/sign-in';
import { Sandbox } from './agent-sandbox';
import { programOf } from './contract';
import { sandboxPod, sandboxPodAnnotations } from './pod';
import type { Program, SandboxTables } from './program';
import { bringsWorkspace, workspaceClaim, type Workspace } from './volumes';

export interface SessionProps {
  /** The session's name, a DNS label. */
  readonly session: string;
  readonly tables: SandboxTables;
}

/**
 * A named sandbox: its workspace, what runs it, and the ways to its API and its editor. The objects and their names are
 * OpenHands's own, because other programs look them up.
 */
export class Session extends Construct {
  private readonly name: string;
  private readonly namespace: string;
  private readonly program: Program;
  private readonly labels: Record<string, string>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SessionProps,
  ) {
    super(scope, id);
    const { session, tables } = props;
    const { sign_in } = tables.deploy;
    this.name = `${RUNTIME}-${session}`;
    this.namespace = tables.kubernetes.namespace;
    this.program = programOf(tables, session);
    this.labels = labels({ component: 'sandbox', instance: this.name, image: this.program.image });
    // A Sandbox makes its own claim, under a name of its own.
    if (!bringsWorkspace(tables) && tables.deploy.session_workload !== 'Sandbox') this.workspace();
    this.workload();
    this.services();
    if (tables.deploy.canvas) new Canvas(this, 'canvas', { session, tables, program: this.program });
    if (sign_in) new SignIn(this, 'sign-in', { session, tables, config: sign_in });
    for (const exposed of exposedServices(tables, session, this.program)) this.exposure(exposed);
  }

  private metadata(name: string): k8s.ObjectMeta {
    return { name, namespace: this.namespace, labels: this.labels };
  }

  private workspace() {
    const { session, tables } = this.props;
    const source = tables.deploy.recovery?.restore_from[session];
    // Velero makes the claim from its backup, and leaves alone one that is there.
    if (source !== undefined && 'backup' in source) return;
    new k8s.KubePersistentVolumeClaim(this, 'pvc', {
      metadata: { ...this.metadata(`${this.name}-pvc`), annotations: KEPT },
      spec: {
        ...workspaceClaim(tables),
        ...(source && {
          dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: source.snapshot },
        }),
      },
    });
  }

  private pod(restartPolicy: 'Always' | 'Never', workspace: Workspace): k8s.PodSpec {
    return sandboxPod({
      tables: this.props.tables,
      program: this.program,
      workspace,
      restartPolicy,
      equals: EVERY_SESSION,
    });
  }

  private workload() {
    const { session, tables } = this.props;
    const selector = sessionSelector(session);
    const podMetadata = {
      labels: { ...selector, ...this.labels },
      annotations: sandboxPodAnnotations(tables, this.program),
    };
    const metadata = { name: this.name, namespace: this.namespace, labels: podMetadata.labels };
    const claim = { persistentVolumeClaim: { claimName: `${this.name}-pvc` } };
    switch (tables.deploy.session_workload) {
      case 'Pod':
        new k8s.KubePod(this, 'pod', { metadata: { ...metadata, ...podMetadata }, spec: this.pod('Never', claim) });
        break;
      case 'Deployment':
        new k8s.KubeDeployment(this, 'deployment', {
          metadata,
          spec: {
            replicas: 1,
            selector: { matchLabels: selector },
            // Two Pods cannot hold a ReadWriteOnce workspace: the old one goes first.
            strategy: { type: 'Recreate' },
            template: { metadata: podMetadata, spec: this.pod('Always', claim) },
          },
        });
        break;
      case 'Sandbox':
        new Sandbox(this, 'sandbox', {
          metadata,
          blueprint: {
            ...podMetadata,
            pod: this.pod('Always', 'claim-template'),
            workspace: workspaceClaim(tables),
          },
          operatingMode: this.operatingMode(),
          shutdownTime: tables.deploy.sandbox.shutdown_time,
          shutdownPolicy: tables.sandbox.pause_closed_runtimes ? 'Retain' : 'Delete',
        });
    }
  }

  /** Written down as Running, the next `kubectl apply` or GitOps controller would resume what was suspended as idle. */
  private operatingMode() {
    const { sandbox, idle } = this.props.tables.deploy;
    return idle && sandbox.operating_mode === 'Running' ? undefined : sandbox.operating_mode;
  }

  private services() {
    const { apiPort, apiPortName, editorPort } = this.program;
    this.service('svc', { name: apiPortName, port: apiPort, targetPort: 'http' });
    this.service('svc-code', { name: 'code', port: editorPort, targetPort: 'vscode' });
  }

  private service(suffix: string, { targetPort, ...port }: { name: string; port: number; targetPort: string }) {
    new k8s.KubeService(this, suffix, {
      metadata: this.metadata(`${this.name}-${suffix}`),
      spec: {
        type: 'ClusterIP',
        selector: sessionSelector(this.props.session),
        ports: [{ ...port, targetPort: k8s.IntOrString.fromString(targetPort) }],
      },
    });
  }

  private exposure({ suffix, host, service }: ExposedService) {
    const { kubernetes, deploy } = this.props.tables;
    const Exposure = deploy.ingress.kind === 'HTTPRoute' ? SandboxRoute : SandboxIngress;
    new Exposure(this, `ingress${suffix}`, {
      name: `${this.name}-ingress${suffix}`,
      namespace: this.namespace,
      labels: this.labels,
      host,
      service,
      tlsSecret: kubernetes.ingress_tls_secret,
      timeoutSeconds: requestSeconds(this.props.tables),
      ingress: deploy.ingress,
    });
  }
}
