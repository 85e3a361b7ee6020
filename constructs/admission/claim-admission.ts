import { Construct } from 'constructs';
import type { k8s } from '../k8s';
import { RUNTIME } from '../labels';
import { AdmissionPolicy } from './admission-policy';

/** What a claim may give a value of its own to: each conversation of the app server has a key that no other has. */
const OWN_KEY = 'OH_SESSION_API_KEYS_0';

export interface ClaimAdmissionProps {
  readonly namespace: string;
  /** The variables that the templates set. */
  readonly env: readonly k8s.EnvVar[];
}

const cel = (value: unknown) => JSON.stringify(value);

/**
 * Where claims may bring variables, those that a template sets win: a claim may name one only with the value that it has
 * anyway. agent-sandbox itself knows nothing between refusing every variable that the template names and taking all.
 */
export class ClaimAdmission extends Construct {
  constructor(scope: Construct, id: string, { namespace, env }: ClaimAdmissionProps) {
    super(scope, id);
    const others = env.filter(({ name }) => name !== OWN_KEY);
    const fixed = Object.fromEntries(others.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
    const secret = others.filter(({ value }) => value === undefined).map(({ name }) => name);
    new AdmissionPolicy(this, 'claims', {
      subject: `${RUNTIME}-claims`,
      namespace,
      reason: 'A claim may bring variables, but not change what the template sets.',
      apiGroup: 'extensions.agents.x-k8s.io',
      apiVersion: '*',
      resources: ['sandboxclaims'],
      operations: ['CREATE'],
      variables: [
        { name: 'env', expression: 'has(object.spec.env) ? object.spec.env : []' },
        { name: 'fixed', expression: cel(fixed) },
      ],
      rules: [
        {
          expression:
            'variables.env.all(e, !(e.name in variables.fixed) || has(e.value) && e.value == variables.fixed[e.name])',
          message: "a claim may not change a variable that the pool's template sets",
        },
        {
          expression: `variables.env.all(e, !(e.name in ${cel(secret)}))`,
          message: "a claim may not replace a Secret that the pool's template refers to",
        },
        {
          expression: `variables.env.all(e, e.name != ${cel(OWN_KEY)} || has(e.value) && e.value != "")`,
          message: `a claim may bring a ${OWN_KEY} of its own, but not an empty one, which would let everybody in`,
        },
      ],
    });
  }
}
