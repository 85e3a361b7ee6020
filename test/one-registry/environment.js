'use strict';
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** Remember the own properties of an object. @returns what gives it those again, and no others */
function remember(object) {
  const before = Object.getOwnPropertyDescriptors(object);
  return () => {
    for (const key of Reflect.ownKeys(object)) if (!Object.hasOwn(before, key)) Reflect.deleteProperty(object, key);
    Object.defineProperties(object, before);
  };
}

/**
 * Test files run among Node's own globals, as the modules do that test-runner.js lets them share. What a file changes of
 * them and of the process is changed back when it ends.
 * @implements {import('@jest/environment').JestEnvironment}
 */
module.exports = class OneRegistryEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  #restores = [globalThis, process, process.env].map(remember);
  #exitCode = process.exitCode;
  #folder = process.cwd();

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    for (const restore of this.#restores) restore();
    process.exitCode = this.#exitCode;
    process.chdir(this.#folder);
  }

  getVmContext() {
    return null; // there is none but Node's own
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }
};
