import { sentence } from '../e2e/sentence';
import { run } from './command';

/** Programs that the tests ask, and where they are from. */
const PROGRAMS = [
  ['promtool', ['--version'], 'Debian: prometheus'],
  ['amtool', ['--version'], 'Debian: prometheus-alertmanager'],
  ['go', ['version'], 'go.dev, 1.24 or newer'],
] as const;

/** Without them nothing is tested, and a run that tested nothing must not look like one that passed. */
export default function globalSetup(): void {
  const missing = PROGRAMS.filter(([program, args]) => {
    try {
      return !run(program, args).succeeded;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return;
  const names = missing.map(([program, , origin]) => `${program} (${origin})`).join(', ');
  throw sentence(`The tests of the rules need what is not installed here: ${names}.`);
}
