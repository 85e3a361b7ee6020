/** Why the proxy refuses a request: a word for the log, and a sentence for whoever asked. */
export interface Refusal {
  readonly reason: string;
  /** In the words of Squid's error pages: `%H` is the host, `%p` the port, `%M` the method. */
  readonly page: string;
}

export const REFUSALS = {
  manager: { reason: 'management', page: "This is the proxy's own page, and for nobody." },
  port: { reason: 'port-not-listed', page: 'Port %p of %H is not one that sandboxes here may reach.' },
  method: { reason: 'not-by-connect', page: 'Port 443 is reached by CONNECT alone, got %M: use https.' },
  address: {
    reason: 'address',
    page: '%H is an address. Sandboxes here reach hosts by name alone.',
  },
  name: {
    reason: 'name-not-listed',
    page: "%H is not one of the names that sandboxes here may reach: deploy.network.egress of the sandboxes' profile lists them.",
  },
  private: {
    reason: 'private-address',
    page: '%H has a private address, which sandboxes here may not reach under any name.',
  },
} as const satisfies Readonly<Record<string, Refusal>>;

/** The file of a refusal's page, and how a client sees it called: `X-Squid-Error: EGRESS_NAME 0`. */
export const pageName = (refusal: keyof typeof REFUSALS) => `EGRESS_${refusal.toUpperCase()}`;
