import { canvasService } from './canvas';
import { RUNTIME } from './labels';
import type { Program, SandboxTables } from './program';

/** A Service of a session that can be reached from outside the cluster. */
export interface ExposedService {
  /** What the name of its Ingress or HTTPRoute ends in. */
  readonly suffix: '-code' | '-api';
  readonly host: string;
  readonly service: { readonly name: string; readonly port: number };
}

/**
 * What is exposed of a session: its Canvas or else its editor, and its API when that is asked for. The way in keeps the
 * name that OpenHands gave to the editor's: under another one, whoever applies a Canvas would have two for one host.
 */
export function exposedServices(
  tables: SandboxTables,
  session: string,
  { apiPort, editorPort }: Pick<Program, 'apiPort' | 'editorPort'>,
): ExposedService[] {
  const { ingress, canvas } = tables.deploy;
  if (ingress.kind === 'none') return [];
  const domain = tables.kubernetes.ingress_domain;
  const api = `${RUNTIME}-${session}-svc`;
  return [
    {
      suffix: '-code',
      host: `${session}.${domain}`,
      service: canvas ? canvasService(session) : { name: `${api}-code`, port: editorPort },
    },
    ...(ingress.api
      ? [{ suffix: '-api' as const, host: `${session}-api.${domain}`, service: { name: api, port: apiPort } }]
      : []),
  ];
}
