const { join } = require('node:path');

/** @type {import('jest').Config} */
const project = {
  rootDir: join(__dirname, '../..'),
  testEnvironment: 'node',
  transform: require('../../package.json').jest.transform,
  globalSetup: '<rootDir>/test/e2e/global-setup.ts',
};

/** `npm run e2e`: against the cluster that KUBECONFIG names. @type {import('jest').Config} */
module.exports = {
  projects: [
    { ...project, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/*.e2e.ts'] },
    // What stops the node, looks at all of the cluster or counts its seconds has the cluster to itself.
    {
      ...project,
      displayName: 'alone',
      testMatch: ['<rootDir>/test/e2e/*.alone.ts'],
      runner: '<rootDir>/test/e2e/one-by-one.js',
    },
  ],
  testSequencer: join(__dirname, 'slowest-first.js'),
  // They mostly wait for the cluster, and two CPUs have room for what three of them request.
  maxWorkers: 3,
  // Longer than any wait inside a test, so that what gives up is the wait, which says for what it waited.
  testTimeout: 480_000,
  verbose: true,
};
