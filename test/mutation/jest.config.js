const { join } = require('node:path');
const { transform } = require('../../package.json').jest;

/**
 * Whole profiles against what was committed, whole programs, and pages: each notices nearly every change and says little
 * about which line should have had a test.
 */
const WHOLE = [
  'constructs/invariants',
  'docs',
  'imports',
  'main',
  'manifests',
  'parity',
  'profiles',
  'readme',
  'repository',
  'run',
  'snapshots',
];

/** Files of tests, as patterns with commas between them; of those, the ones that import what is changed. */
const { MUTATION_TESTS = 'test/**' } = process.env;

/** `npm run mutation`: the unit tests. Stryker knows Jest's own runner alone. @type {import('jest').Config} */
module.exports = {
  rootDir: join(__dirname, '../..'),
  // Which tests import a file by way of others is only known of files below the roots.
  roots: ['<rootDir>'],
  testEnvironment: 'node',
  testMatch: MUTATION_TESTS.split(',').map((pattern) => `<rootDir>/${pattern}/*.test.ts`),
  testPathIgnorePatterns: ['/node_modules/', ...WHOLE.map((name) => `/test/${name}\\.test\\.ts$`)],
  transform,
};
