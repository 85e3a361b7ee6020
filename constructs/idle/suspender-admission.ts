import { Construct } from 'constructs';
import { AdmissionPolicy } from '../admission/admission-policy';
import { keepsFields, serviceAccountUsers } from '../admission/sandbox-admission';
import { IDLE_SUSPENDER, RUNTIME } from '../labels';
import { systemNamespace } from '../namespace/namespace';

/** Holds the idle suspender, which may patch a Sandbox, to suspending it: nothing else of it changes, and nothing resumes. */
export class SuspenderAdmission extends Construct {
  /** @param namespace the sandboxes' */
  constructor(scope: Construct, id: string, namespace: string) {
    super(scope, id);
    const metadata = ['labels', 'annotations', 'finalizers', 'ownerReferences'].map(
      (field) =>
        `has(object.metadata.${field}) == has(oldObject.metadata.${field}) && ` +
        `(!has(object.metadata.${field}) || object.metadata.${field} == oldObject.metadata.${field})`,
    );
    new AdmissionPolicy(this, 'idle', {
      subject: `${RUNTIME}-idle`,
      namespace,
      reason: 'The idle suspender may suspend a Sandbox, and do nothing else to it.',
      apiGroup: 'agents.x-k8s.io',
      apiVersion: '*',
      resources: ['sandboxes', 'sandboxes/*'],
      operations: ['UPDATE'],
      users: serviceAccountUsers([`${systemNamespace(namespace)}/${IDLE_SUSPENDER}`]),
      rules: [
        {
          expression: 'has(object.spec.operatingMode) && object.spec.operatingMode == "Suspended"',
          message: 'the idle suspender may only suspend a Sandbox',
        },
        {
          expression: keepsFields('spec', ['operatingMode']),
          message: "the idle suspender may change nothing of a Sandbox's spec but operatingMode",
        },
        {
          expression: metadata.map((it) => `(${it})`).join(' && '),
          message: "the idle suspender may change nothing of a Sandbox's labels, annotations, finalizers and owners",
        },
      ],
    });
  }
}
