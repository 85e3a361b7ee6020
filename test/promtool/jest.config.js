/** `npm run rules`: what Prometheus and Alertmanager themselves make of the rules. @type {import('jest').Config} */
module.exports = {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/promtool/*.promtool.ts'],
  transform: require('../../package.json').jest.transform,
  globalSetup: '<rootDir>/test/promtool/global-setup.ts',
  // The first build of a program that takes prometheus-operator's code along.
  testTimeout: 600_000,
  verbose: true,
};
