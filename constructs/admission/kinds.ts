import { all, any, list, SESSION, text, unique } from './cel';

type Selector = Readonly<Record<string, string>>;

const LABELS = 'object.metadata.labels';

/** The session that a Pod belongs to. */
export const SESSION_VARIABLE = {
  name: 'session',
  expression: `has(${LABELS}) && "session" in ${LABELS} ? ${LABELS}["session"] : ""`,
};

const has = (of: string, key: string) => `has(${of}.metadata.labels) && ${text(key)} in ${of}.metadata.labels`;

const keysOf = (selectors: readonly Selector[]) => unique(selectors.flatMap((it) => Object.keys(it))).sort();

/** A session called as a pool is would get the pool's keys. */
const isSession = (path: string, selectors: readonly Selector[]) =>
  `!(${path} in ${list(['', ...selectors.flatMap(({ pool }) => pool ?? [])])})`;

/** A Pod has the labels of one kind, and none by which another kind is selected. */
export const hasSelector = (selector: Selector, selectors: readonly Selector[]): string =>
  all(
    `has(${LABELS})`,
    ...keysOf(selectors).map((key) => {
      const path = `${LABELS}[${text(key)}]`;
      const value = selector[key];
      if (value === undefined) return `!(${text(key)} in ${LABELS})`;
      return all(
        `${text(key)} in ${LABELS}`,
        value === SESSION ? isSession(path, selectors) : `${path} == ${text(value)}`,
      );
    }),
  );

const isSame = (key: string) =>
  `(${any(
    `!(${has('object', key)}) && !(${has('oldObject', key)})`,
    `${has('object', key)} && ${has('oldObject', key)} && ${LABELS}[${text(key)}] == oldObject.metadata.labels[${text(key)}]`,
  )})`;

const areSame = (selectors: readonly Selector[]) => all(...keysOf(selectors).map(isSame));

/** A running Pod keeps the labels by which kinds are told apart. */
export const keepsSelector = (selectors: readonly Selector[]): string =>
  any('request.operation == "CREATE"', `(${areSame(selectors)})`);

/**
 * A Pod is judged when it is made, and when its spec or these labels change: one that was there before the policy may
 * still be annotated, adopted and deleted.
 */
export const isJudged = (selectors: readonly Selector[]): string =>
  any('request.operation == "CREATE"', 'object.spec != oldObject.spec', `!(${areSame(selectors)})`);

/** `app=openhands-runtime,session=<session>` */
export const selectorText = (selector: Selector): string =>
  Object.entries(selector)
    .map((it) => it.join('='))
    .join(',');
