/** The command was called wrongly, or there is no cluster to call it on: one line, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
