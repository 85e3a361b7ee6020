/** Every image that this program chooses by itself, pinned. A sandbox's own comes from the profile. */

/** The agent-server's published image, for a profile with that contract and no image of its own. */
export const AGENT_SERVER_IMAGE = 'ghcr.io/openhands/agent-server:1.58.2-python';

/** OpenHands's browser client, and the server that comes with it. */
export const CANVAS_IMAGE = 'ghcr.io/openhands/agent-canvas:1.20.0';

/**
 * The oldest agent-server that this client works with: `compatibility.minimumAgentServer` in the file config/defaults.json of
 * the npm package @openhands/agent-canvas of the same version.
 */
export const CANVAS_NEEDS_AGENT_SERVER = '1.28.0';

/** Asks who comes before it lets them in to a Canvas. */
export const SIGN_IN_IMAGE = 'quay.io/oauth2-proxy/oauth2-proxy:v7.15.6';

/** The developer's box of the local profile. */
export const DEVBOX_IMAGE = 'ubuntu:22.04';

/** Asks a sandbox whether it is well, for Prometheus. */
export const BLACKBOX_EXPORTER_IMAGE = 'quay.io/prometheus/blackbox-exporter:v0.28.0';

/** Turns what a sandbox says of itself into metrics. */
export const JSON_EXPORTER_IMAGE = 'quay.io/prometheuscommunity/json-exporter:v0.7.0';

/** Reads the sandboxes' logs: the distribution that has the exporter for Elasticsearch. */
export const COLLECTOR_IMAGE = 'docker.io/otel/opentelemetry-collector-contrib:0.155.0';

/** The proxy by which sandboxes reach names: Squid of Ubuntu's LTS, mended for as long as that is. */
export const SQUID_IMAGE = 'docker.io/ubuntu/squid:6.6-24.04_beta';

/** Evicts failed and endlessly crashing sandboxes. */
export const DESCHEDULER_IMAGE = 'registry.k8s.io/descheduler/descheduler:v0.36.0';

/** Does nothing: what holds room for a sandbox, and its image on a node. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10';

/** Asks a sandbox's API in the place of its clients, for `npm run verify`: `sh`, `sleep` and `nc`. */
export const PROBE_IMAGE = 'busybox:1.35';
