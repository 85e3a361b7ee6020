const { join } = require('node:path');
const { testTimeout, transform } = require('../../package.json').jest;

/** `npm run mutation`: the tests of a folder. @type {import('jest').Config} */
module.exports = {
  rootDir: join(__dirname, '../..'),
  // Which tests import a file by way of others is only known of files below the roots.
  roots: ['<rootDir>'],
  testEnvironment: join(__dirname, 'environment.js'),
  testRunner: join(__dirname, 'jest-circus.js'),
  testMatch: [`<rootDir>/${process.env.MUTATION_TESTS}/**/*.test.ts`],
  testTimeout,
  transform,
};
