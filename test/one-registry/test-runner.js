'use strict';
/*
 * Jest's own test runner, jest-circus, but Node loads the test files and what they import. Node has one registry of
 * modules in a worker, so cdk8s, zod and this program are loaded and compiled once. Jest has a new one for each file,
 * which takes twice the time. So a test leaves what it imports as it was: jest.spyOn is undone after the file, and jest.mock
 * is not there.
 */
const { dirname, join, relative } = require('node:path');
const { createScriptTransformer } = require('@jest/transform');
const circus = require('jest-circus/runner').default;

/** The functions of `jest` that work on Jest's registry. */
const OF_A_REGISTRY = [
  ...['mock', 'doMock', 'unmock', 'dontMock', 'setMock', 'deepUnmock', 'unstable_mockModule', 'unstable_unmockModule'],
  ...['enableAutomock', 'disableAutomock', 'createMockFromModule', 'requireActual', 'requireMock'],
  ...['isolateModules', 'isolateModulesAsync', 'resetModules'],
];

// What jest-circus would load for each file. Each that is loaded slows every promise down, for ever.
const adapter = require(join(dirname(require.resolve('jest-circus/runner')), 'jestAdapterInit.js'));

/** Where it keeps the tests of a file and who is told of each. It makes both once, when it is loaded. */
const STATE = Object.getOwnPropertySymbols(globalThis).find((it) => it.description === 'JEST_STATE_SYMBOL');
const handlers = globalThis[Symbol.for('EVENT_HANDLERS')];
const OWN_HANDLERS = handlers.length;
const { getState, resetState } = require('jest-circus');

function forgetTests() {
  if (STATE === undefined) throw new Error('jest-circus keeps its state elsewhere now');
  handlers.length = OWN_HANDLERS;
  resetState(); // of the other copy of jest-circus, from which a new state is to be had
  globalThis[STATE] = getState();
}

/** Makes JavaScript of TypeScript, as package.json says, with Jest's cache on disk. */
let transformer;
let options;
/** From each source to where its map is: a stack names the lines of the sources. */
let sourceMaps = new Map();

function loadTypeScript(module, file) {
  const { code, sourceMapPath } = transformer.transform(file, options);
  if (sourceMapPath) sourceMaps.set(file, sourceMapPath);
  module._compile(code, file);
}

// `./dashboard` is dashboard.ts before it is dashboard.json, as it is to TypeScript and Jest.
const { '.json': loadJson } = require.extensions;
delete require.extensions['.json'];
require.extensions['.ts'] = loadTypeScript;
require.extensions['.json'] = loadJson;

/** Of a worker that runs again after a change, `jest --watch`. */
function forgetSources(folder) {
  for (const file of Object.keys(require.cache)) {
    if (/\.(ts|json)$/.test(file) && !relative(folder, file).startsWith('node_modules')) delete require.cache[file];
  }
}

function load(file) {
  delete require.cache[file];
  return require(file);
}

/** @type {import('jest-runner').TestRunner} */
module.exports = async (globalConfig, config, environment, runtime, testPath, sendMessageToJest) => {
  const { collectCoverage, collectCoverageFrom, coverageProvider } = globalConfig;
  transformer ??= await createScriptTransformer(config);
  options = { collectCoverage, collectCoverageFrom, coverageProvider, isInternalModule: false };
  if (globalConfig.watch || globalConfig.watchAll) forgetSources(config.rootDir);
  forgetTests();

  globalThis.jest = { ...runtime.requireModuleOrMock(testPath, '@jest/globals').jest };
  for (const name of OF_A_REGISTRY) delete globalThis.jest[name];

  const shared = sourceMaps;
  sourceMaps = runtime.getSourceMaps();
  for (const [file, map] of shared) sourceMaps.set(file, map);

  runtime.requireInternalModule = () => adapter;
  runtime.requireModule = load;
  return circus(globalConfig, config, environment, runtime, testPath, sendMessageToJest);
};
