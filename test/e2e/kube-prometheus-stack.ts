/** How kube-prometheus-stack has Prometheus scrape a cluster, as far as the rules of a profile build on it. */

/** Series that the stack drops of the kubelet's cAdvisor: a rule over one of these would have no data with its users. */
const DROPPED = [
  [
    ['__name__'],
    'container_cpu_(cfs_throttled_seconds_total|load_average_10s|system_seconds_total|user_seconds_total)',
  ],
  [
    ['__name__'],
    'container_fs_(io_current|io_time_seconds_total|io_time_weighted_seconds_total|reads_merged_total|sector_reads_total|sector_writes_total|writes_merged_total)',
  ],
  [['__name__'], 'container_memory_(mapped_file|swap)'],
  [['__name__'], 'container_(file_descriptors|tasks_state|threads_max)'],
  [['__name__', 'scope'], 'container_memory_failures_total;hierarchy'],
  [['__name__', 'interface'], 'container_network_.*;(cali|cilium|cni|lxc|nodelocaldns|tunl).*'],
  [['__name__'], 'container_spec.*'],
  // cgroups without a Pod
  [['id', 'pod'], '.+;'],
] as const;

export interface StackProps {
  /** `kubectl proxy`: host and port. */
  readonly api: string;
  readonly node: string;
  /** kube-state-metrics: host and port. */
  readonly kubeStateMetrics: string;
}

const INTERVAL = { scrape_interval: '5s', scrape_timeout: '5s' };

const kubelet = ({ api, node }: StackProps, path: string, more: object = {}) => ({
  job_name: `kubelet${path}`,
  ...INTERVAL,
  honor_labels: true,
  metrics_path: `/api/v1/nodes/${node}/proxy${path}`,
  static_configs: [{ targets: [api], labels: { job: 'kubelet', node, instance: node, metrics_path: path } }],
  ...more,
});

/** Scrape jobs for one node's kubelet and cAdvisor, and for kube-state-metrics. */
export const stackJobs = (props: StackProps): object[] => [
  kubelet(props, '/metrics'),
  kubelet(props, '/metrics/cadvisor', {
    metric_relabel_configs: DROPPED.map(([source_labels, regex]) => ({ source_labels, regex, action: 'drop' })),
  }),
  {
    job_name: 'kube-state-metrics',
    ...INTERVAL,
    honor_labels: true,
    static_configs: [{ targets: [props.kubeStateMetrics] }],
  },
];
