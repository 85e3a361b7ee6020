import { Construct } from 'constructs';
import { RUNTIME } from '../labels';
import { AdmissionPolicy } from './admission-policy';

export interface SandboxAdmissionProps {
  readonly namespace: string;
  /** ServiceAccounts, each "namespace/name". */
  readonly managers: readonly string[];
}

/** The users that ServiceAccounts, each "namespace/name", are to the API server. */
export const serviceAccountUsers = (accounts: readonly string[]): string[] =>
  accounts.map((it) => `system:serviceaccount:${it.replace('/', ':')}`);

/** What a manager may change of a Sandbox's spec: whether it runs, and until when. */
const ITS_OWN = ['operatingMode', 'shutdownPolicy', 'shutdownTime'];

const OBJECTS = [
  ['object', 'oldObject'],
  ['oldObject', 'object'],
] as const;

/** Nothing comes, goes or changes in a part of the Sandbox, but the fields that may. */
export const keepsFields = (part: string, mayChange: readonly string[]): string =>
  OBJECTS.map(([one, other]) => [`dyn(${one}.${part})`, `dyn(${other}.${part})`] as const)
    .map(
      ([one, other]) =>
        `${one}.all(key, key in ${JSON.stringify(mayChange)} || (key in ${other} && ${one}[key] == ${other}[key]))`,
    )
    .join(' && ');

/** Labels and annotations by which the controller knows whose a Sandbox is, and which Pod is its own. */
const OF_THE_CONTROLLER = 'agents.x-k8s.io/';

const keepsMetadata = (part: string): string =>
  OBJECTS.map(
    ([one, other]) =>
      `(!has(${one}.metadata.${part}) || ${one}.metadata.${part}.all(key, !key.startsWith("${OF_THE_CONTROLLER}") || ` +
      `(has(${other}.metadata.${part}) && key in ${other}.metadata.${part} && ` +
      `${one}.metadata.${part}[key] == ${other}.metadata.${part}[key])))`,
  ).join(' && ');

/**
 * Keeps a manager, who may patch a Sandbox to suspend and resume it, from changing what it runs: another ServiceAccount or
 * a Secret in its podTemplate would be theirs at the next resume. The Sandbox has no subresource but `status`, on which a
 * manager has no right.
 */
export class SandboxAdmission extends Construct {
  constructor(scope: Construct, id: string, { namespace, managers }: SandboxAdmissionProps) {
    super(scope, id);
    new AdmissionPolicy(this, 'sandboxes', {
      subject: `${RUNTIME}-sandboxes`,
      namespace,
      reason: 'A manager may suspend and resume a Sandbox, but not change what it runs.',
      apiGroup: 'agents.x-k8s.io',
      apiVersion: '*',
      resources: ['sandboxes', 'sandboxes/*'],
      operations: ['UPDATE'],
      users: serviceAccountUsers(managers),
      rules: [
        {
          expression: 'object.spec.podTemplate == oldObject.spec.podTemplate',
          message: 'a sandbox manager may not change the podTemplate of a Sandbox',
        },
        {
          // Whatever else the spec has, volumeClaimTemplates and service among it, and in a later version.
          expression: keepsFields('spec', ['podTemplate', ...ITS_OWN]),
          message: `a sandbox manager may change nothing of a Sandbox's spec but ${ITS_OWN.join(', ')}`,
        },
        {
          expression: `${keepsMetadata('labels')} && ${keepsMetadata('annotations')}`,
          message: `a sandbox manager may not change labels and annotations of ${OF_THE_CONTROLLER}`,
        },
      ],
    });
  }
}
