const { testMatch, transform } = require('../../package.json').jest;

/**
 * Whole profiles against what was committed, whole programs, and pages: each notices nearly every change and says little
 * about which line should have had a test.
 */
const WHOLE = [
  'snapshots',
  'main',
  'run',
  'parity',
  'profiles',
  'docs',
  'readme',
  'manifests',
  'imports',
  'repository',
];

/** `npm run mutation`: the unit tests. Stryker knows Jest's own runner alone. @type {import('jest').Config} */
module.exports = {
  rootDir: '../..',
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', ...WHOLE.map((name) => `/test/${name}\\.test\\.ts$`)],
  transform,
};
