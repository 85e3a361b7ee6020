const OneRegistryEnvironment = require('../one-registry/environment');

/** The change that a test has noticed, by Stryker's number: there is no need for more tests. */
let noticed;

/**
 * Stryker's change is made when the tests of a file start, and taken back when they end: what they import was loaded, once
 * for all changes, without any.
 */
module.exports = class MutationEnvironment extends OneRegistryEnvironment {
  #change = process.env.__STRYKER_ACTIVE_MUTANT__;

  get noticed() {
    return this.#change !== undefined && this.#change === noticed;
  }

  async setup() {
    delete process.env.__STRYKER_ACTIVE_MUTANT__; // Stryker's code looks there when it is loaded
    await super.setup();
  }

  handleTestEvent({ name, test }) {
    if (this.#change === undefined) return;
    if (name === 'run_start') this.global.__stryker__.activeMutant = this.#change;
    if (name === 'test_start' && this.noticed) test.mode = 'skip';
    if (name === 'test_done' && test.errors.length > 0) noticed = this.#change;
  }

  async teardown() {
    delete this.global.__stryker__?.activeMutant;
    await super.teardown();
  }
};
