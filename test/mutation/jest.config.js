const { join } = require('node:path');
const { testMatch, transform } = require('../../package.json').jest;

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

/** `npm run mutation`: the unit tests. Stryker knows Jest's own runner alone. @type {import('jest').Config} */
module.exports = {
  rootDir: join(__dirname, '../..'),
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', ...WHOLE.map((name) => `/test/${name}\\.test\\.ts$`)],
  transform,
};
