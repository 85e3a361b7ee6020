import { kubectl } from '../../e2e/kubectl';

/** What the API server has done since it started, by its own metrics. */
export class ApiServer {
  private constructor(private readonly lines: readonly string[]) {}

  static async now(): Promise<ApiServer> {
    return new ApiServer((await kubectl('get', '--raw', '/metrics')).stdout.split('\n'));
  }

  /** The sum of a metric's series that have these labels, written as `name="value"`. */
  private sum(metric: string, ...labels: string[]): number {
    return this.lines
      .filter((it) => it.startsWith(`${metric}{`) || it.startsWith(`${metric} `))
      .filter((it) => labels.every((label) => it.includes(label)))
      .reduce((sum, it) => sum + Number(it.slice(it.lastIndexOf(' '))), 0);
  }

  /** Seconds of processors. */
  get cpu(): number {
    return this.sum('process_cpu_seconds_total');
  }

  /** Bytes that etcd has. */
  get stored(): number {
    return this.sum('apiserver_storage_size_bytes');
  }

  /** Milliseconds that one admission took on average since `before`, and how many there were. */
  admissionSince(before: ApiServer, plugin: string): { milliseconds: number; count: number } {
    return this.meanSince(before, 'apiserver_admission_controller_admission_duration_seconds', `name="${plugin}"`);
  }

  /** The same of a request that makes Pods, all of it. */
  podsMadeSince(before: ApiServer): { milliseconds: number; count: number } {
    const labels = ['resource="pods"', 'subresource=""', 'verb="POST"'];
    return this.meanSince(before, 'apiserver_request_duration_seconds', ...labels);
  }

  private meanSince(before: ApiServer, metric: string, ...labels: string[]) {
    const since = (of: string) => this.sum(metric + of, ...labels) - before.sum(metric + of, ...labels);
    const count = since('_count');
    return { milliseconds: count === 0 ? 0 : (since('_sum') / count) * 1000, count };
  }
}
