import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { labels } from './labels';

/** A rule in CEL, and what is said to whoever breaks it. */
export interface AdmissionRule {
  readonly expression: string;
  readonly message: string;
}

export interface AdmissionPolicyProps {
  /** What the policy is about; its name is `<subject>.<namespace>`, because policies have no namespace. */
  readonly subject: string;
  /** The only namespace in which it holds. */
  readonly namespace: string;
  /** One sentence that says why it is there. */
  readonly reason: string;
  readonly resource: {
    readonly apiGroup: string;
    readonly apiVersion: string;
    readonly resource: string;
    readonly operation: 'CREATE' | 'UPDATE';
  };
  /** Users that it is about, by name. @default everybody */
  readonly users?: readonly string[];
  /** Expressions with a name, for the rules. */
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly rules: readonly AdmissionRule[];
}

/**
 * A ValidatingAdmissionPolicy for one namespace, with its binding: the API server itself refuses what breaks a rule,
 * whoever asks. Kubernetes 1.30 and newer.
 */
export class AdmissionPolicy extends Construct {
  constructor(scope: Construct, id: string, props: AdmissionPolicyProps) {
    super(scope, id);
    const { subject, namespace, reason, resource, users, variables, rules } = props;
    const name = `${subject}.${namespace}`;
    const metadata = {
      name,
      labels: labels({ component: 'access' }),
      annotations: { 'kubernetes.io/description': reason },
    };
    new ApiObject(this, 'policy', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [resource.apiGroup],
              apiVersions: [resource.apiVersion],
              operations: [resource.operation],
              resources: [resource.resource],
            },
          ],
        },
        matchConditions: users && [
          { name: 'users', expression: `request.userInfo.username in ${JSON.stringify(users)}` },
        ],
        variables,
        validations: rules.map((rule) => ({ ...rule, reason: 'Forbidden' })),
      },
    });
    new ApiObject(this, 'binding', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    });
  }
}
