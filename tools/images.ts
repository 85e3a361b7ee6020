/** `npm run images`: the images that must be there before a profile is applied, for a person or for a program that copies. */
import { loadProfile, shippedProfiles } from '../config/load';
import { selectProfiles } from '../config/selection';
import { parsed, runCommand } from './command';
import { copiesOf, requiredImages, type RequiredImage } from './images/required';
import { UsageError } from './usage-error';

const USAGE = `Usage: npm run -s images -- [options] [PROFILE ...]
  PROFILE   a shipped profile's name, a file, or several as for cdk8s synth (the variable PROFILE, else local)
  --all     every shipped profile
  --copy    "source target" for each image that a mirror stands for, to feed crane or skopeo
  --json    one JSON document: image, source, by
Exit status: 0, 2 usage or a profile that is refused.`;

function optionsOf(args: readonly string[]) {
  const options = { all: { type: 'boolean' }, copy: { type: 'boolean' }, json: { type: 'boolean' } } as const;
  return parsed({ args: [...args], options, allowPositionals: true }, USAGE);
}

/** The images of several profiles, each once. */
function together(images: readonly RequiredImage[]): RequiredImage[] {
  const all = new Map<string, RequiredImage>();
  for (const it of images) {
    const by = [...new Set([...(all.get(it.image)?.by ?? []), ...it.by])];
    all.set(it.image, { ...it, by });
  }
  return [...all.values()].sort((a, b) => a.image.localeCompare(b.image, 'en'));
}

function textOf(images: readonly RequiredImage[], { copy, json }: { copy?: boolean; json?: boolean }): string {
  if (json) return `${JSON.stringify(images, undefined, 2)}\n`;
  const lines = copy ? copiesOf(images) : images.map(({ image }) => [image]);
  return lines.map((line) => `${line.join(' ')}\n`).join('');
}

runCommand(async (args) => {
  const { values, positionals } = optionsOf(args);
  if (values.copy && values.json) throw new UsageError(`--copy and --json: expected one of them\n${USAGE}`);
  const named = positionals.length > 0 ? positionals : [process.env.PROFILE || 'local'];
  const references = named.flatMap((it) => selectProfiles(it).map(({ reference }) => reference));
  const profiles = (values.all ? shippedProfiles() : references).map((it) => loadProfile(it, process.env).profile);
  const text = textOf(together(profiles.flatMap(requiredImages)), values);
  if (text === '') process.stderr.write('no image has a mirror: see [deploy.images] mirrors\n');
  process.stdout.write(text);
  return 0;
});
