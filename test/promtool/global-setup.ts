import { sentence } from '../e2e/sentence';
import { run } from './command';

/** Programs that the tests ask, and where they are from. */
const PROGRAMS = [
  ['promtool', ['--version'], 'Debian: prometheus'],
  ['amtool', ['--version'], 'Debian: prometheus-alertmanager'],
  ['alertmanager-config', ['--version'], 'test/programs/build FOLDER alertmanager-config'],
] as const;

/** Without them nothing is tested, and a run that tested nothing must not look like one that passed. */
export default function globalSetup(): void {
  const missing = PROGRAMS.filter(([program, args]) => {
    try {
      run(program, args);
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return;
  const names = missing.map(([program, , origin]) => `${program} (${origin})`).join(', ');
  throw sentence(`The tests of the rules need what is not installed here: ${names}.`);
}
