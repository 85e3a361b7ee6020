const { appendFileSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { createEmptyTestResult } = require('@jest/test-result');
const run = require('../one-registry/test-runner');

/** In Stryker's copy of the project: a line of JSON for each test file, its path and the names of its tests. */
const NAMES = join(__dirname, 'names.jsonl');

/** Of each test file, the names of its tests: the first run, which is without changes, has written them. */
const readNames = () =>
  new Map(
    readFileSync(NAMES, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );

let names;

/** The result of a file whose tests are all left out. Jest takes a file without any for a mistake. */
const leftOut = (testFilePath, fullNames) => ({
  ...createEmptyTestResult(),
  testFilePath,
  numPendingTests: fullNames.length,
  testResults: fullNames.map((fullName) => ({ fullName, status: 'pending', failureMessages: [], ancestorTitles: [] })),
});

/**
 * The runner of `npm test`, which is jest-circus inside (Stryker wants to see that in this file's name). For each change
 * Stryker names the tests that come by it; a file that has none of them is not even loaded.
 *
 * @type {import('jest-runner').TestRunner}
 */
module.exports = async (globalConfig, config, environment, runtime, testPath, sendMessageToJest) => {
  const { testNamePattern } = globalConfig;
  if (testNamePattern) {
    names ??= readNames();
    const own = names.get(testPath);
    const wanted = new RegExp(testNamePattern, 'i');
    if (environment.noticed || !own.some((name) => wanted.test(name))) return leftOut(testPath, own);
  }
  const result = await run(globalConfig, config, environment, runtime, testPath, sendMessageToJest);
  if (!testNamePattern) {
    const own = result.testResults.map(({ fullName }) => fullName);
    appendFileSync(NAMES, `${JSON.stringify([testPath, own])}\n`);
  }
  return result;
};
