import { Construct } from 'constructs';
import { isOwnNamespace } from '../../config/schema/kubernetes';
import { RUNTIME } from '../labels';
import { AdmissionPolicy, type AdmissionRule } from './admission-policy';
import { containerRules } from './container-rules';
import { CONTAINERS } from './containers';
import { identityRules } from './identity-rules';
import { hasSelector, isJudged, keepsSelector, selectorText, SESSION_VARIABLE } from './kinds';
import { placementRules } from './placement-rules';
import type { PodShape } from './pod-shape';
import { serviceAccountUsers } from './sandbox-admission';
import { securityRules } from './security-rules';
import { volumeRules, VOLUMES } from './volume-rules';

/**
 * A Pod when it is made and when it is changed: an image can be changed later, an ephemeral container and a limit by a
 * subresource. `exec`, `attach` and `port-forward` change nothing about what a Pod is: Roles decide about them.
 */
const PODS = {
  apiGroup: '',
  apiVersion: 'v1',
  resources: ['pods', 'pods/ephemeralcontainers', 'pods/resize'],
  operations: ['CREATE', 'UPDATE'],
} as const;

const RULES: readonly ((shape: PodShape) => readonly (AdmissionRule | undefined)[])[] = [
  identityRules,
  placementRules,
  securityRules,
  containerRules,
  volumeRules,
];

export interface PodAdmissionProps {
  readonly namespace: string;
  /** Every kind of Pod that may be there. */
  readonly shapes: readonly PodShape[];
  /** ServiceAccounts that make Pods, each "namespace/name". */
  readonly managers: readonly string[];
  /** ServiceAccounts whose Pods may be more than the profile's own, each "namespace/name". */
  readonly exempt: readonly string[];
}

/**
 * Holds Pods that OpenHands or anybody else makes at run time to what this program writes: each must be of one kind, by
 * its labels, and be no more than the Pods of that kind that the profile renders.
 *
 * Others have Pods in a namespace that is shared. There only Pods with our labels are held, and every Pod of a manager.
 */
export class PodAdmission extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: PodAdmissionProps,
  ) {
    super(scope, id);
    if (isOwnNamespace(props.namespace) || props.managers.length > 0) this.kinds();
    for (const shape of props.shapes) this.shape(shape);
  }

  private kinds() {
    const { namespace, shapes, managers } = this.props;
    const selectors = shapes.map(({ selector }) => selector);
    new AdmissionPolicy(this, 'pods', {
      subject: `${RUNTIME}-pods`,
      namespace,
      reason: 'Refuses a Pod in the sandbox namespace that is of no kind that this program writes, by its labels.',
      ...PODS,
      users: isOwnNamespace(namespace) ? undefined : serviceAccountUsers(managers),
      conditions: [{ name: 'new-or-changed', expression: isJudged(selectors) }],
      rules: [
        {
          expression: selectors.map((it) => `(${hasSelector(it, selectors)})`).join(' || '),
          message: `a Pod in this namespace must have the labels of a kind that the profile writes: ${selectors.map(selectorText).join(' or ')}`,
        },
        {
          expression: keepsSelector(selectors),
          message: 'the labels by which Services and NetworkPolicies select a Pod may not be changed',
        },
      ],
    });
  }

  private shape(shape: PodShape) {
    const { namespace, shapes, exempt } = this.props;
    const selectors = shapes.map(({ selector }) => selector);
    const isHeld = `!(request.userInfo.username in ${JSON.stringify(serviceAccountUsers(exempt))})`;
    new AdmissionPolicy(this, shape.kind, {
      subject: `${RUNTIME}-pods-${shape.kind}`,
      namespace,
      reason: `Refuses ${shape.subject} that is more than the profile's own.`,
      ...PODS,
      conditions: [
        { name: 'kind', expression: hasSelector(shape.selector, selectors) },
        { name: 'new-or-changed', expression: isJudged(selectors) },
        ...(exempt.length > 0 ? [{ name: 'not-exempt', expression: isHeld }] : []),
      ],
      variables: [CONTAINERS, VOLUMES, SESSION_VARIABLE],
      rules: RULES.flatMap((rules) => rules(shape)).filter((rule) => rule !== undefined),
    });
  }
}
