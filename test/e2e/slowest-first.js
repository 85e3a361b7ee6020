const { basename } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** Minutes each, of those that take more than one: a short one at the end leaves no worker without work. */
const SLOWEST = [
  'recovery.e2e.ts',
  'pool-autoscaled.e2e.ts',
  'sandboxes.e2e.ts',
  'idle.e2e.ts',
  'warm-pool.e2e.ts',
  'logging.e2e.ts',
  'persistence.e2e.ts',
  'canvas.e2e.ts',
  'sdk.e2e.ts',
  'verify.e2e.ts',
  'sign-in.e2e.ts',
  'sessions.e2e.ts',
  'pool-stateful.e2e.ts',
  'monitoring.e2e.ts',
];

/** What has the cluster to itself comes last. Every profile's namespaces are made for a check, when nobody uses them any more. */
const LAST = ['dead-node.alone.ts', 'verify.alone.ts', 'validation.alone.ts'];

function place({ path }) {
  const [slow, last] = [SLOWEST, LAST].map((names) => names.indexOf(basename(path)));
  if (last >= 0) return SLOWEST.length + 1 + last;
  return slow >= 0 ? slow : SLOWEST.length;
}

/** In the order in which side by side they end soonest; the others are in Jest's own. */
module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
};
