/** The collector's receiver that takes what the egress proxy refused, and nothing else: the collector counts by receiver. */
export const REFUSALS_RECEIVER = 'file_log/egress_refused';
