type Remove = () => Promise<void>;

/** What this program has made in the cluster and must take away again, also when it is interrupted. */
export class Traces {
  private readonly removals = new Set<Remove>();
  private isInterrupted = false;

  /** Run `act` while there is something that `remove` takes away afterwards. */
  async whileThereIs<T>(remove: Remove, act: () => Promise<T>): Promise<T> {
    this.removals.add(remove);
    try {
      return await act();
    } finally {
      // Whoever interrupted removes everything, and then ends the process: nothing may go on until it has.
      if (this.isInterrupted) await new Promise(() => undefined);
      this.removals.delete(remove);
      await remove();
    }
  }

  /** Take everything away now, because the process is about to end. */
  async removeAll(): Promise<void> {
    this.isInterrupted = true;
    const removals = [...this.removals].reverse();
    this.removals.clear();
    for (const remove of removals) await remove();
  }
}
