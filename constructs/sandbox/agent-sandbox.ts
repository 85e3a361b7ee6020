import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from '../k8s';
import { KEPT } from '../gitops';
import { WORKSPACE } from './volumes';

/** The Pod and the workspace of a Sandbox or a SandboxTemplate (agent-sandbox, v1beta1), as plain JSON. */
export interface SandboxBlueprint {
  readonly labels: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly pod: k8s.PodSpec;
  readonly workspace: k8s.PersistentVolumeClaimSpec;
  /**
   * Labels of the workspace's claim, and of nothing that a new image changes: a Sandbox's claim templates cannot be
   * changed. @default none
   */
  readonly workspaceLabels?: Record<string, string>;
}

// A typed value placed into a raw object would render as {value: …}.
const blueprint = ({ labels, annotations, pod, workspace, workspaceLabels }: SandboxBlueprint) => ({
  podTemplate: { metadata: { labels, annotations }, spec: k8s.toJson_PodSpec(pod) },
  // The controller adds the volume under the template's name; the Pod brings the mount.
  volumeClaimTemplates: [
    { metadata: { name: WORKSPACE, labels: workspaceLabels }, spec: k8s.toJson_PersistentVolumeClaimSpec(workspace) },
  ],
});

interface Named {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

export interface SandboxProps {
  readonly metadata: Named;
  readonly blueprint: SandboxBlueprint;
  /** @default it runs, and whoever suspends it is not overruled when the manifests are applied again */
  readonly operatingMode?: 'Running' | 'Suspended';
  /** RFC 3339. @default never */
  readonly shutdownTime?: string;
  readonly shutdownPolicy: 'Retain' | 'Delete';
}

/**
 * One sandbox that can be suspended and resumed. Deleting it deletes its workspace; the controller adds neither security
 * defaults nor a NetworkPolicy, so both come from here.
 */
export class Sandbox extends ApiObject {
  constructor(scope: Construct, id: string, props: SandboxProps) {
    super(scope, id, {
      apiVersion: 'agents.x-k8s.io/v1beta1',
      kind: 'Sandbox',
      metadata: { ...props.metadata, annotations: KEPT },
      spec: {
        ...blueprint(props.blueprint),
        operatingMode: props.operatingMode,
        shutdownTime: props.shutdownTime,
        shutdownPolicy: props.shutdownPolicy,
        service: false,
      },
    });
  }
}

export interface SandboxTemplateProps {
  readonly metadata: Named;
  readonly blueprint: SandboxBlueprint;
  readonly ingress: k8s.NetworkPolicyIngressRule[];
  readonly egress: k8s.NetworkPolicyEgressRule[];
  /** A claim may bring variables, and each sandbox has a Service of its name: what the app server needs. */
  readonly isForAppServer: boolean;
}

/** What the sandboxes of a warm pool are made from. A claim may change nothing of it but, for an app server, variables. */
export class SandboxTemplate extends ApiObject {
  constructor(scope: Construct, id: string, props: SandboxTemplateProps) {
    super(scope, id, {
      apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
      kind: 'SandboxTemplate',
      metadata: props.metadata,
      spec: {
        ...blueprint(props.blueprint),
        networkPolicyManagement: 'Managed',
        networkPolicy: {
          ingress: props.ingress.map(k8s.toJson_NetworkPolicyIngressRule),
          egress: props.egress.map(k8s.toJson_NetworkPolicyEgressRule),
        },
        // Which of them is for an admission policy to say.
        envVarsInjectionPolicy: props.isForAppServer ? 'Overrides' : 'Disallowed',
        volumeClaimTemplatesPolicy: 'Disallowed',
        service: props.isForAppServer,
      },
    });
  }
}

export interface SandboxWarmPoolProps {
  readonly metadata: Named;
  readonly template: string;
  /** Sandboxes that wait. @default what an autoscaler says */
  readonly replicas?: number;
}

/** Sandboxes that are Ready before anybody asks: a claim gets one in a fraction of a second. */
export class SandboxWarmPool extends ApiObject {
  constructor(scope: Construct, id: string, { metadata, template, replicas }: SandboxWarmPoolProps) {
    super(scope, id, {
      apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
      kind: 'SandboxWarmPool',
      metadata,
      spec: {
        replicas,
        sandboxTemplateRef: { name: template },
        // A claimed sandbox stays as it is; the waiting ones are replaced as they are used up.
        updateStrategy: { type: 'OnReplenish' },
      },
    });
  }
}
