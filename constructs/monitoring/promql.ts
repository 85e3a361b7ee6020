/** PromQL over several lines, without the indentation of the program that it stands in. */
export function promql(strings: TemplateStringsArray, ...values: (string | number)[]): string {
  const lines = String.raw({ raw: strings }, ...values)
    .replace(/^\n|\n\s*$/g, '')
    .split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)![0].length);
  return lines.map((line) => line.slice(Math.min(...indents))).join('\n');
}

const UNITS = [
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** Seconds as Prometheus writes a duration: `4m30s`. */
export function duration(seconds: number): string {
  let rest = Math.ceil(seconds);
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? `${count}${unit}` : '';
  });
  return parts.join('') || '0s';
}
