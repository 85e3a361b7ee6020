import { promql } from '../promql';
import type { Watched } from '../watched';
import type { Alert } from './alert';

/**
 * A source that is silent, by its name. Of the namespace kube-state-metrics always speaks, the others only of sandboxes
 * that run: where all are suspended, nothing is missing.
 */
const sources = ({ namespace, pool }: Watched): Readonly<Record<string, string>> => ({
  'kube-state-metrics': promql`
    absent(kube_namespace_created{namespace="${namespace}"})`,
  cadvisor: promql`
    count by (namespace) (
      kube_pod_container_status_running{namespace="${namespace}",container="runtime"} == 1
      and on (namespace, pod)
      time() - kube_pod_container_state_started{namespace="${namespace}",container="runtime"} > 300
      unless on (namespace, pod)
      container_memory_working_set_bytes{namespace="${namespace}",container="runtime"}
    )`,
  exporter: promql`
    count by (namespace) (
      openhands:sandbox:info{namespace="${namespace}"}
      and on (namespace, pod)
      time() - kube_pod_status_ready_time{namespace="${namespace}"} > 300
      unless on (namespace, pod)
      openhands:sandbox_up:min{namespace="${namespace}"}
    )`,
  ...(pool?.workload === 'SandboxWarmPool' && { 'agent-sandbox': 'absent(agent_sandbox_build_info)' }),
});

const indent = (text: string) => text.replace(/^/gm, '  ');

const named = ([source, expr]: [string, string]) =>
  `label_replace(\n${indent(expr)},\n  "source", "${source}", "", ""\n)`;

/** What keeps the other alerts silent when they should not be. */
export const monitoringAlerts = (watched: Watched): Alert[] => [
  {
    alert: 'MonitoringBlind',
    expr: Object.entries(sources(watched)).map(named).join('\nor\n'),
    for: '10m',
    severity: 'critical',
    summary: 'Nobody sees how the sandboxes are: {{ $labels.source }} is silent',
    description:
      `{{ $labels.source }} tells nothing about sandboxes of namespace ${watched.namespace} that are there. Alerts ` +
      'that are made of it cannot fire.',
  },
];
