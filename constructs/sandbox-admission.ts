import { Construct } from 'constructs';
import { AdmissionPolicy } from './admission-policy';
import { RUNTIME } from './labels';

export interface SandboxAdmissionProps {
  readonly namespace: string;
  /** ServiceAccounts, each "namespace/name". */
  readonly managers: readonly string[];
}

/**
 * Keeps a manager, who may patch a Sandbox to suspend and resume it, from changing what it runs: another ServiceAccount or
 * a Secret in its podTemplate would be theirs at the next resume.
 */
export class SandboxAdmission extends Construct {
  constructor(scope: Construct, id: string, { namespace, managers }: SandboxAdmissionProps) {
    super(scope, id);
    new AdmissionPolicy(this, 'sandboxes', {
      subject: `${RUNTIME}-sandboxes`,
      namespace,
      reason: 'A manager may suspend and resume a Sandbox, but not change what it runs.',
      resource: { apiGroup: 'agents.x-k8s.io', apiVersion: '*', resource: 'sandboxes', operation: 'UPDATE' },
      users: managers.map((manager) => `system:serviceaccount:${manager.replace('/', ':')}`),
      rules: [
        {
          expression: 'object.spec.podTemplate == oldObject.spec.podTemplate',
          message: 'a sandbox manager may not change the podTemplate of a Sandbox',
        },
      ],
    });
  }
}
