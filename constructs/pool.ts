import { Construct } from 'constructs';
import type { PoolConfig } from '../config/schema/pool';
import { SandboxTemplate, SandboxWarmPool } from './agent-sandbox';
import { programOf } from './contract';
import { k8s } from './k8s';
import { labels, POOL_SELECTOR, RUNTIME } from './labels';
import { networkRules } from './network-rules';
import { sandboxPod, sandboxPodAnnotations } from './pod';
import type { Program, SandboxTables } from './program';
import { WORKSPACE, workspaceClaim, type Workspace } from './volumes';

/** A conversation lives in one Pod, so a client keeps to it for as long as Kubernetes allows by default. */
const AFFINITY_SECONDS = 10800;

export interface SandboxPoolProps {
  readonly tables: SandboxTables;
  readonly pool: PoolConfig;
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
  /** What an autoscaler decides is not written down. */
  private readonly replicas?: number;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SandboxPoolProps,
  ) {
    super(scope, id);
    const { tables, pool } = props;
    this.namespace = tables.kubernetes.namespace;
    this.program = programOf(tables, RUNTIME);
    this.labels = labels({ component: 'pool', image: this.program.image });
    this.replicas = tables.deploy.autoscaling ? undefined : pool.replicas;
    switch (pool.workload) {
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
      selector: POOL_SELECTOR,
      // Who claims a sandbox of a warm pool is the only one to talk with it. A hook would keep a paused one dying while its
      // client has resumed it.
      isShared: this.props.pool.workload !== 'SandboxWarmPool',
    });
  }

  private podMetadata() {
    const { tables, pool } = this.props;
    return {
      labels: { ...POOL_SELECTOR, ...this.labels },
      annotations: sandboxPodAnnotations(tables, this.program, pool.workload === 'Deployment'),
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
      metadata: this.metadata(RUNTIME),
      spec: {
        replicas: this.replicas,
        minReadySeconds: tables.deploy.high_availability?.min_ready_seconds,
        selector: { matchLabels: POOL_SELECTOR },
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
    const { tables } = this.props;
    const headless = `${RUNTIME}-headless`;
    new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: this.metadata(RUNTIME),
      spec: {
        serviceName: headless,
        replicas: this.replicas,
        minReadySeconds: tables.deploy.high_availability?.min_ready_seconds,
        selector: { matchLabels: POOL_SELECTOR },
        // Sandboxes do not know each other: none has to wait for the one before it.
        podManagementPolicy: 'Parallel',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        template: { metadata: this.podMetadata(), spec: this.pod('claim-template') },
        volumeClaimTemplates: [{ metadata: { name: WORKSPACE, labels: this.labels }, spec: workspaceClaim(tables) }],
      },
    });
    this.service();
    new k8s.KubeService(this, 'headless-service', {
      metadata: this.metadata(headless),
      spec: { clusterIp: 'None', selector: POOL_SELECTOR, ports: this.ports() },
    });
  }

  private warmPool() {
    const { tables } = this.props;
    const rules = networkRules(tables).filter(({ of }) => of !== 'sessions');
    new SandboxTemplate(this, 'sandbox-template', {
      metadata: this.metadata(RUNTIME),
      blueprint: {
        ...this.podMetadata(),
        // Without it the controller's own policy would force a public name server.
        pod: { dnsPolicy: 'ClusterFirst', ...this.pod('claim-template') },
        workspace: workspaceClaim(tables),
      },
      ingress: rules.flatMap(({ ingress }) => ingress ?? []),
      egress: rules.flatMap(({ egress }) => egress ?? []),
    });
    new SandboxWarmPool(this, 'sandbox-warm-pool', {
      metadata: this.metadata(RUNTIME),
      template: RUNTIME,
      replicas: this.replicas,
    });
  }

  private ports(): k8s.ServicePort[] {
    const { apiPort, apiPortName } = this.program;
    return [{ name: apiPortName, port: apiPort, targetPort: k8s.IntOrString.fromString('http') }];
  }

  private service() {
    const { service_type } = this.props.pool;
    new k8s.KubeService(this, 'service', {
      metadata: this.metadata(RUNTIME),
      spec: {
        type: service_type,
        // A load balancer that reaches Pods needs no port of every node.
        ...(service_type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: false }),
        selector: POOL_SELECTOR,
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIp: { timeoutSeconds: AFFINITY_SECONDS } },
        ports: this.ports(),
      },
    });
  }
}
