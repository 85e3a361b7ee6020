import { ANNOTATION_BYTES, DATA_BYTES, ETCD_BYTES } from '../../constructs/policy/size';
import { growthOf, type Growth, type SharedObject } from './growth';
import { MEASURED } from './measured';
import { NONE, page, table } from './markdown';
import type { Shipped } from './shipped';

const INTRODUCTION = `
# Scale

<!-- Written by \`npm run docs\`: change tools/docs/, not this file. -->

What a session costs a cluster beside its own Pod, what grows with the number of sessions, which limit is met first, and
how a profile is split before it is.
`;

const SESSION = `
## What a session adds

In each shipped profile, by what it renders. Bytes are those of the objects as JSON, which is what the API server gets; etcd
keeps about twice as much, with what \`kubectl apply\` remembers and what the cluster says of each.
`;

const SHARED = `
## Objects that grow

Nearly everything that a session brings is an object of its own, so it grows in number and not in size. These are one object
for all sessions of a namespace. Session names have 12 letters here; longer names, longer lines.
`;

const number = (value: number): string => Math.floor(value).toLocaleString('en');

interface Grown extends Growth {
  readonly name: string;
}

const sessions = (profiles: readonly Grown[]): string =>
  table(
    ['profile', 'objects', 'bytes', 'by kind'],
    profiles.map(({ name, kinds, bytes }) => [
      name,
      String([...kinds.values()].reduce((sum, it) => sum + it, 0)),
      number(bytes),
      [...kinds].map(([kind, count]) => (count === 1 ? kind : `${count} × ${kind}`)).join(', '),
    ]),
  );

/** How many sessions it has a part for before it has that many bytes. */
const sessionsAt = ({ base, perSession }: SharedObject, bytes: number): string => number((bytes - base) / perSession);

function shared(profiles: readonly Grown[]): string {
  const rows = profiles.flatMap(({ name, shared }) =>
    shared.map((it) => [
      name,
      it.title,
      number(it.perSession),
      sessionsAt(it, ANNOTATION_BYTES),
      sessionsAt(it, ETCD_BYTES),
    ]),
  );
  return table(['profile', 'object', 'bytes a session', 'sessions for kubectl apply', 'sessions for etcd'], rows);
}

const without = (profiles: readonly Grown[]): string => {
  const names = profiles.filter((it) => it.shared.length === 0).map(({ name }) => name);
  return names.length === 0 ? NONE : `No object of ${names.join(', ')} grows.`;
};

const LIMITS = `
- **For kubectl apply**: without \`--server-side\` it keeps what it applied in an annotation, and all annotations of an object
  may have ${number(ANNOTATION_BYTES)} bytes. \`npx cdk8s synth\` says which object is beyond; \`kubectl apply --server-side -f dist\`
  applies it.
- **For etcd**: a request may have ${number(ETCD_BYTES)} bytes by default. A larger object is refused by \`npx cdk8s synth\`, and so is
  a ConfigMap with more than ${number(DATA_BYTES)} bytes of data.
- The Secret \`openhands-session-keys\`, which \`npm run keys\` or external-secrets fills, has 128 bytes of keys for each session
  or pool: ${number(DATA_BYTES / 128)} of them are the 1 MiB that a Secret may have.
- A Certificate of more than 100 names is refused by most public issuers: \`npx cdk8s synth\` warns. A wildcard certificate in
  \`ingress_tls_secret\` has no such bound.
`;

/** docs/scale.md, for who has many. */
export function scalePage(profiles: readonly Shipped[]): string {
  const grown = profiles.map(({ name, profile }): Grown => ({ name, ...growthOf(profile) }));
  return page(...[INTRODUCTION, SESSION, sessions(grown), SHARED, shared(grown), without(grown), LIMITS, ...MEASURED]);
}
