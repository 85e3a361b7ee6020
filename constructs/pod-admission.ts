import { Construct } from 'constructs';
import { AdmissionPolicy, type AdmissionRule } from './admission-policy';
import { RUNTIME } from './labels';

const CONTAINERS = {
  name: 'containers',
  expression: 'object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])',
};

/** An optional boolean that must not be true. */
const isFalse = (path: string) => `(!has(${path}) || !${path})`;

/** What the profile itself asks for, and so does not refuse. */
export interface PodAdmissionProps {
  readonly namespace: string;
  readonly privileged: boolean;
  readonly hostNetwork: boolean;
  readonly hostPaths: boolean;
  /** ServiceAccounts of the Pods that it writes. */
  readonly accounts: readonly string[];
}

function rules({ privileged, hostNetwork, hostPaths, accounts }: PodAdmissionProps): AdmissionRule[] {
  const hostFields = [...(hostNetwork ? [] : ['hostNetwork']), 'hostPID', 'hostIPC'];
  const rules: (AdmissionRule | false)[] = [
    !privileged && {
      expression: `variables.containers.all(c, !has(c.securityContext) || ${isFalse('c.securityContext.privileged')})`,
      message: 'no container of a sandbox may be privileged',
    },
    {
      expression: hostFields.map((field) => isFalse(`object.spec.${field}`)).join(' && '),
      message: "a sandbox may not use the node's network, processes or IPC",
    },
    !hostPaths && {
      expression: '!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))',
      message: 'a sandbox may not mount a path of the node',
    },
    {
      // OpenHands's own Pods name no account and get `default`, which has no token here.
      expression: `!has(object.spec.serviceAccountName) || object.spec.serviceAccountName in ${JSON.stringify([...accounts, 'default'])}`,
      message: `a Pod may only run as the ServiceAccount ${[...accounts, 'default'].join(' or ')}`,
    },
    {
      // The token as it is mounted in the end, whichever of the fields asked for it.
      expression:
        '!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.projected) || !has(v.projected.sources) || ' +
        'v.projected.sources.all(s, !has(s.serviceAccountToken)))',
      message: 'a sandbox may not mount a ServiceAccount token: set automountServiceAccountToken to false',
    },
    {
      expression:
        'variables.containers.all(c, has(c.resources) && has(c.resources.limits) && "memory" in c.resources.limits)',
      message: 'every container of a sandbox needs a memory limit',
    },
  ];
  return rules.filter((rule) => rule !== false);
}

/** Holds Pods that OpenHands or anybody else makes at run time to what this program would have written. */
export class PodAdmission extends Construct {
  constructor(scope: Construct, id: string, props: PodAdmissionProps) {
    super(scope, id);
    new AdmissionPolicy(this, 'pods', {
      subject: `${RUNTIME}-pods`,
      namespace: props.namespace,
      reason: 'Refuses a Pod in the sandbox namespace that is not what this program would have written.',
      resource: { apiGroup: '', apiVersion: 'v1', resource: 'pods', operation: 'CREATE' },
      variables: [CONTAINERS],
      rules: rules(props),
    });
  }
}
