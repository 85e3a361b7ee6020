import { spawnSync } from 'node:child_process';
import { sentence } from '../e2e/sentence';

/** Without the program there is nothing to test, and a run that tested nothing must not look like one that passed. */
export default function globalSetup(): void {
  if (spawnSync('opentelemetry-collector', ['--version']).status === 0) return;
  throw sentence(
    'These tests run opentelemetry-collector, which PATH does not have: test/programs/build FOLDER opentelemetry-collector',
  );
}
