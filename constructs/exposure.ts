import type { Program, SandboxTables } from './program';

/** A Service of a session that can be reached from outside the cluster. */
export interface ExposedService {
  /** What the names of its Ingress or HTTPRoute and, but for the API, of its Service end in. */
  readonly suffix: '-code' | '-api';
  readonly host: string;
  readonly port: number;
}

/** What is exposed of a session: its editor, and its API when that is asked for. */
export function exposedServices(
  tables: SandboxTables,
  session: string,
  { apiPort, editorPort }: Pick<Program, 'apiPort' | 'editorPort'>,
): ExposedService[] {
  const { ingress } = tables.deploy;
  if (ingress.kind === 'none') return [];
  const domain = tables.kubernetes.ingress_domain;
  return [
    { suffix: '-code', host: `${session}.${domain}`, port: editorPort },
    ...(ingress.api ? [{ suffix: '-api' as const, host: `${session}-api.${domain}`, port: apiPort }] : []),
  ];
}
