import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { BEFORE_PODS } from '../gitops';
import { labels } from '../labels';

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
  readonly apiGroup: string;
  readonly apiVersion: string;
  /** Kinds in the plural, and their subresources: `pods`, `pods/resize`. */
  readonly resources: readonly string[];
  readonly operations: readonly ('CREATE' | 'UPDATE')[];
  /** Users that it is about, by name. @default everybody */
  readonly users?: readonly string[];
  /** Requests that it is about, in CEL: all of these must hold. @default every request */
  readonly conditions?: readonly { readonly name: string; readonly expression: string }[];
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
    const { subject, namespace, reason, users, conditions = [], variables, rules } = props;
    const name = `${subject}.${namespace}`;
    const matchConditions = [
      ...(users ? [{ name: 'users', expression: `request.userInfo.username in ${JSON.stringify(users)}` }] : []),
      ...conditions,
    ];
    const metadata = {
      name,
      labels: labels({ component: 'access' }),
      annotations: { 'kubernetes.io/description': reason, ...BEFORE_PODS },
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
              apiGroups: [props.apiGroup],
              apiVersions: [props.apiVersion],
              operations: props.operations,
              resources: props.resources,
            },
          ],
        },
        matchConditions: matchConditions.length > 0 ? matchConditions : undefined,
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
