/** Where the egress proxy listens: Squid's own port. */
export const EGRESS_PORT = 3128;
