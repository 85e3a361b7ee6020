/** `npm run logs`: a real OpenTelemetry Collector, `opentelemetry-collector` of PATH. @type {import('jest').Config} */
module.exports = {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/logging/*.logs.ts'],
  transform: require('../../package.json').jest.transform,
  globalSetup: '<rootDir>/test/logging/global-setup.ts',
  testTimeout: 180_000,
  // They mostly wait.
  maxWorkers: 3,
  verbose: true,
};
