/** `npm run docs`: the pages that are computed from the code and from what the shipped profiles render. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configSchema } from './docs/config-schema';
import { configurationPage } from './docs/configuration-page';
import { observabilityPage } from './docs/observability-page';
import { profilesPage } from './docs/profiles-page';
import { runbookPages } from './docs/runbooks';
import { scalePage } from './docs/scale-page';
import { securityPage } from './docs/security-page';
import { shipped } from './docs/shipped';

/** The pages: file to text. */
export function pages(): Record<string, string> {
  const profiles = shipped();
  const schema = configSchema();
  return {
    'docs/security.md': securityPage(profiles),
    'docs/profiles.md': profilesPage(profiles),
    'docs/observability.md': observabilityPage(),
    'docs/scale.md': scalePage(profiles),
    'docs/configuration.md': configurationPage(schema),
    'config/config.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
  };
}

function main(): void {
  for (const [name, text] of Object.entries({ ...pages(), ...runbookPages() })) {
    const file = join(__dirname, '..', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (require.main === module) main();
