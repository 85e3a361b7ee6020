import { Construct } from 'constructs';
import type { Pool } from '../../config/pools';
import type { PoolConfig } from '../../config/schema/pool';
import { k8s } from '../k8s';
import { labels, poolSelector } from '../labels';
import { networkRules } from '../network/network-rules';
import { SandboxTemplate, SandboxWarmPool } from '../sandbox/agent-sandbox';
import { programOf } from '../sandbox/contract';
import { sandboxPod, sandboxPodAnnotations } from '../sandbox/pod';
import type { Program, SandboxTables } from '../sandbox/program';
import { WORKSPACE, workspaceClaim, type Workspace } from '../sandbox/volumes';
import { ofOneWorkload } from '../scheduling/availability';

/** A conversation lives in one Pod, so a client keeps to it for as long as Kubernetes allows by default. */
const AFFINITY_SECONDS = 10800;

export interface SandboxPoolProps extends Pool<SandboxTables> {
  /** How its Service is reached, for those that have one. */
  readonly serviceType: PoolConfig['service_type'];
  /** What becomes of a StatefulSet's volume whose sandbox is scaled down. */
  readonly volumeWhenScaled: PoolConfig['volume_when_scaled'];
}

/** What an autoscaler scales. */
export const POOL_TARGET = {
  Deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  StatefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  SandboxWarmPool: { apiVersion: 'extensions.agents.x-k8s.io/v1beta1', kind: 'SandboxWarmPool' },
} as const;

/** Interchangeable sandboxes, in one of three forms; the Pod is that of a session. */
export class SandboxPool extends Construct {
  private readonly namespace: string;
  private readonly program: Program;
  private readonly labels: Record<string, string>;
  private readonly selector: Record<string, string>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SandboxPoolProps,
  ) {
    super(scope, id);
    const { name, tables, workload } = props;
    this.namespace = tables.kubernetes.namespace;
    this.program = programOf(tables, name);
    this.labels = labels({ component: 'pool', instance: name, image: this.program.image });
    this.selector = poolSelector(name);
    switch (workload) {
      case 'Deployment':
        this.deployment();
        break;
      case 'StatefulSet':
        this.statefulSet();
        break;
      case 'SandboxWarmPool':
        this.warmPool();
    }
  }

  private metadata(name: string) {
    return { name, namespace: this.namespace, labels: this.labels };
  }

  private pod(workspace: Workspace): k8s.PodSpec {
    return sandboxPod({
      tables: this.props.tables,
      program: this.program,
      workspace,
      restartPolicy: 'Always',
      equals: ofOneWorkload(this.selector),
      // Who claims a sandbox of a warm pool is the only one to talk with it. A hook would keep a paused one dying while its
      // client has resumed it.
      isShared: this.props.workload !== 'SandboxWarmPool',
    });
  }

  /** A claim template cannot be changed: nothing in it may follow the image, as a version does. */
  private workspaceLabels(): Record<string, string> {
    return labels({ component: 'pool', instance: this.props.name });
  }

  private podMetadata() {
    const { tables, workload } = this.props;
    return {
      labels: { ...this.selector, ...this.labels },
      annotations: sandboxPodAnnotations(tables, this.program, workload === 'Deployment'),
    };
  }

  private deployment() {
    const { tables } = this.props;
    // What goes with its Pod is not worth a backup.
    const unsaved = tables.deploy.recovery?.backup && { 'velero.io/exclude-from-backup': 'true' };
    const scratch: Workspace = {
      ephemeral: {
        volumeClaimTemplate: { metadata: { labels: { ...this.labels, ...unsaved } }, spec: workspaceClaim(tables) },
      },
    };
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: this.metadata(this.props.name),
      spec: {
        replicas: this.props.replicas,
        minReadySeconds: tables.deploy.high_availability?.min_ready_seconds,
        selector: { matchLabels: this.selector },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: k8s.IntOrString.fromNumber(0), maxSurge: k8s.IntOrString.fromNumber(1) },
        },
        template: { metadata: this.podMetadata(), spec: this.pod(scratch) },
      },
    });
    this.service();
  }

  private statefulSet() {
    const { name, tables } = this.props;
    const headless = `${name}-headless`;
    new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: this.metadata(this.props.name),
      spec: {
        serviceName: headless,
        replicas: this.props.replicas,
        minReadySeconds: tables.deploy.high_availability?.min_ready_seconds,
        selector: { matchLabels: this.selector },
        // Sandboxes do not know each other: none has to wait for the one before it.
        podManagementPolicy: 'Parallel',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: this.props.volumeWhenScaled },
        template: { metadata: this.podMetadata(), spec: this.pod('claim-template') },
        volumeClaimTemplates: [
          { metadata: { name: WORKSPACE, labels: this.workspaceLabels() }, spec: workspaceClaim(tables) },
        ],
      },
    });
    this.service();
    new k8s.KubeService(this, 'headless-service', {
      metadata: this.metadata(headless),
      spec: { clusterIp: 'None', selector: this.selector, ports: this.ports() },
    });
  }

  private warmPool() {
    const { tables } = this.props;
    const rules = networkRules(tables).filter(({ of }) => of !== 'sessions');
    new SandboxTemplate(this, 'sandbox-template', {
      metadata: this.metadata(this.props.name),
      blueprint: {
        ...this.podMetadata(),
        // Without it the controller's own policy would force a public name server.
        pod: { dnsPolicy: 'ClusterFirst', ...this.pod('claim-template') },
        workspace: workspaceClaim(tables),
        workspaceLabels: { ...this.selector, ...this.workspaceLabels() },
      },
      ingress: rules.flatMap(({ ingress }) => ingress ?? []),
      egress: rules.flatMap(({ egress }) => egress ?? []),
      isForAppServer: tables.deploy.access.app_server !== undefined,
    });
    new SandboxWarmPool(this, 'sandbox-warm-pool', {
      metadata: this.metadata(this.props.name),
      template: this.props.name,
      replicas: this.props.replicas,
    });
  }

  private ports(): k8s.ServicePort[] {
    const { apiPort, apiPortName } = this.program;
    return [{ name: apiPortName, port: apiPort, targetPort: k8s.IntOrString.fromString('http') }];
  }

  private service() {
    const { serviceType } = this.props;
    new k8s.KubeService(this, 'service', {
      metadata: this.metadata(this.props.name),
      spec: {
        type: serviceType,
        // A load balancer that reaches Pods needs no port of every node.
        ...(serviceType === 'LoadBalancer' && { allocateLoadBalancerNodePorts: false }),
        selector: this.selector,
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIp: { timeoutSeconds: AFFINITY_SECONDS } },
        ports: this.ports(),
      },
    });
  }
}
