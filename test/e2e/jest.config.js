/** `npm run e2e`: against the cluster that KUBECONFIG names. @type {import('jest').Config} */
module.exports = {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/e2e/*.e2e.ts'],
  transform: require('../../package.json').jest.transform,
  globalSetup: '<rootDir>/test/e2e/global-setup.ts',
  // Longer than any wait inside a test, so that what gives up is the wait, which says for what it waited.
  testTimeout: 300_000,
  verbose: true,
};
