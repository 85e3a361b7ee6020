/** What was measured, and not computed: it holds for the day and the machine that it names. */
export const MEASURED: readonly string[] = [];
