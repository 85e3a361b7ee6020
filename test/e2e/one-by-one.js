const { default: TestRunner } = require('jest-runner');

/** Jest's own, for tests that stand no others beside them: Jest runs one runner's tests after the other's. */
module.exports = class OneByOne extends TestRunner {
  isSerial = true;
};
