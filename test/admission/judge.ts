/** Admission policies, evaluated as the API server does, by an implementation of CEL that is not ours. */
import { celEnv, celFunc, celMethod, CelScalar, isCelError, parse, plan, type CelInput } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { amount } from '../../config/schema/values';
import type { Rendered } from '../render';

/** What is asked of the API server. */
export interface Request {
  readonly operation: 'CREATE' | 'UPDATE';
  /** `pods`, `pods/resize`. */
  readonly resource: string;
  readonly object: Rendered;
  readonly oldObject?: Rendered;
  /** @default an administrator */
  readonly user?: string;
}

/** Of Kubernetes's own functions, those that the policies use. */
const ENVIRONMENT = celEnv({
  funcs: [
    ...strings,
    celFunc('quantity', [CelScalar.STRING], CelScalar.DOUBLE, (text) => amount(text)),
    celMethod('compareTo', CelScalar.DOUBLE, [CelScalar.DOUBLE], CelScalar.INT, function (other) {
      return BigInt(Math.sign(Number(this) - other));
    }),
  ],
});

/** JSON as CEL reads it: whole numbers are integers. */
function input(value: Rendered): CelInput {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(input);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, it]) => [key, input(it)]));
  return value;
}

const plans = new Map<string, ReturnType<typeof plan>>();

function evaluate(expression: string, bindings: Record<string, CelInput>): CelInput {
  const planned = plans.get(expression) ?? plan(ENVIRONMENT, parse(expression));
  plans.set(expression, planned);
  const result = planned(bindings as never);
  if (isCelError(result)) throw new Error(`${result.message}: ${expression}`);
  return result as CelInput;
}

/** `pods/*` is every subresource of pods. */
const isAbout = (resources: readonly string[], resource: string) =>
  resources.some((it) => it === resource || (it.endsWith('/*') && resource.startsWith(it.slice(0, -1))));

function refusals({ spec }: Rendered, request: Request): string[] {
  const isAsked = spec.matchConstraints.resourceRules.some(
    ({ operations, resources }: Rendered) =>
      operations.includes(request.operation) && isAbout(resources, request.resource),
  );
  if (!isAsked) return [];
  const userInfo = { username: request.user ?? 'kubernetes-admin' };
  const given = {
    object: input(request.object),
    oldObject: input(request.oldObject ?? null),
    request: input({ operation: request.operation, userInfo }),
  };
  const conditions: Rendered[] = spec.matchConditions ?? [];
  if (!conditions.every(({ expression }) => evaluate(expression, given) === true)) return [];
  const variables = new Map<string, CelInput>();
  for (const { name, expression } of spec.variables ?? []) variables.set(name, evaluate(expression, given));
  return spec.validations
    .filter(({ expression }: Rendered) => evaluate(expression, { ...given, variables }) !== true)
    .map(({ message }: Rendered) => message);
}

/** What the policies among some objects say against a request: every message. @throws Error that CEL says */
export const judge = (objects: readonly Rendered[], request: Request): string[] =>
  objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy').flatMap((policy) => refusals(policy, request));
