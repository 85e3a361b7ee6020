import { COMPARISON } from './comparison';
import { NONE, page, table, unique } from './markdown';
import type { Shipped } from './shipped';

const INTRODUCTION = `
# Profiles

<!-- Written by \`npm run docs\`: change tools/docs/, not this file. -->

A profile is an OpenHands \`config.toml\` with a table \`[deploy]\`. These are shipped, in \`config/profiles/\`; a profile
of your own says \`extends = "production"\`, or another name, and then only what is different:

\`\`\`sh
PROFILE=staging npx cdk8s synth
PROFILE=path/to/config.toml npx cdk8s synth
PROFILE=staging,production npx cdk8s synth     # each in a folder of its own below dist/
\`\`\`
`;

const COMPARED = `
## Compared

What each of them renders with no other setting. A dash: it has none. What a sandbox may do to its node and to its
neighbours is in [security.md](security.md).
`;

const summaries = (profiles: readonly Shipped[]): string =>
  profiles.map(({ name, summary }) => `- **${name}**: ${summary}`).join('\n');

const comparison = (profiles: readonly Shipped[]): string =>
  table(
    ['', ...profiles.map(({ name }) => name)],
    COMPARISON.map(([title, cell]) => [`**${title}**`, ...profiles.map(cell)]),
  );

/** How many objects of every kind there are. */
function kinds(profiles: readonly Shipped[]): string {
  const all = unique(profiles.flatMap(({ manifests }) => manifests.all.map(({ kind }) => kind as string))).sort();
  return table(
    ['Kind', ...profiles.map(({ name }) => name)],
    all.map((kind) => [
      kind,
      ...profiles.map(({ manifests }) => {
        const { length } = manifests.ofKind(kind);
        return length === 0 ? NONE : String(length);
      }),
    ]),
  );
}

/** docs/profiles.md, for who chooses one. */
export const profilesPage = (profiles: readonly Shipped[]): string =>
  page(...[INTRODUCTION, summaries(profiles), COMPARED, comparison(profiles), '## Objects by kind', kinds(profiles)]);
