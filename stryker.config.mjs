/**
 * Mutation testing, https://stryker-mutator.io/docs/stryker-js/configuration: lines are changed on purpose, and a test must
 * fail. `npm run mutation` says which lines and which tests. 9.6 is the last version that runs on Node 20.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  // What a message says is held by few tests, and on purpose.
  mutator: { excludedMutations: ['StringLiteral'] },
  testRunner: 'jest',
  jest: { configFile: 'test/mutation/jest.config.js', enableFindRelatedTests: true },
  coverageAnalysis: 'perTest',
  // What runs once, when a file is loaded, would need all tests for each change.
  ignoreStatic: true,
  // A machine that has other work to do is no endless loop.
  timeoutMS: 60_000,
  timeoutFactor: 4,
  // The sandbox is a copy of this folder.
  ignorePatterns: ['.stryker-tmp', '/dist', '/docs', '/reports', '/test/e2e', '/test/parts', '/test/programs'],
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'reports/mutation.json' },
};
