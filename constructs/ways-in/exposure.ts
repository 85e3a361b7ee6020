import { RUNTIME } from '../labels';
import type { Program, SandboxTables } from '../sandbox/program';
import { canvasService } from './canvas';
import { hostOf } from './entrance';
import { signInService } from './sign-in';

/** A Service of a session that can be reached from outside the cluster. */
export interface ExposedService {
  /** What the name of its Ingress or HTTPRoute ends in. */
  readonly suffix: '-code' | '-api';
  readonly host: string;
  readonly service: { readonly name: string; readonly port: number };
}

/**
 * What is exposed of a session: its sign-in, its Canvas or else its editor, and its API when that is asked for. The way in keeps the
 * name that OpenHands gave to the editor's: under another one, whoever applies a Canvas would have two for one host.
 */
export function exposedServices(
  tables: SandboxTables,
  session: string,
  { apiPort, editorPort }: Pick<Program, 'apiPort' | 'editorPort'>,
): ExposedService[] {
  const { ingress, canvas, sign_in } = tables.deploy;
  if (ingress.kind === 'none') return [];
  const domain = tables.kubernetes.ingress_domain;
  const api = `${RUNTIME}-${session}-svc`;
  const front = sign_in ? signInService(session) : canvas && canvasService(session);
  return [
    {
      suffix: '-code',
      host: hostOf(tables, session),
      service: front ?? { name: `${api}-code`, port: editorPort },
    },
    ...(ingress.api
      ? [{ suffix: '-api' as const, host: `${session}-api.${domain}`, service: { name: api, port: apiPort } }]
      : []),
  ];
}
