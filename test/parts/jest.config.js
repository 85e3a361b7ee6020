const { join } = require('node:path');

/** `npm run parts`: the real parts that are too heavy for every run, on the cluster that KUBECONFIG names. @type {import('jest').Config} */
module.exports = {
  rootDir: join(__dirname, '../..'),
  testEnvironment: 'node',
  transform: require('../../package.json').jest.transform,
  globalSetup: '<rootDir>/test/e2e/global-setup.ts',
  testMatch: ['<rootDir>/test/parts/*.part.ts'],
  // Each counts seconds, or loads the node.
  maxWorkers: 1,
  // Longer than any wait inside a test, so that what gives up is the wait, which says for what it waited.
  testTimeout: 900_000,
  verbose: true,
};
