/** A series that Prometheus computes from others. Its name is `level:metric:operations`. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}
