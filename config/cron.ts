/** The values of one of cron's fields. https://pkg.go.dev/github.com/robfig/cron/v3, which Velero reads it with. */
function valuesOf(field: string, minimum: number, maximum: number): Set<number> {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range, step = '1'] = part.split('/') as [string, string?];
    const [first, last] = range === '*' ? [minimum, maximum] : range.split('-').map(Number);
    const end = last ?? (part.includes('/') ? maximum : first!);
    for (let value = first!; value <= end; value += Number(step)) values.add(value);
  }
  return values;
}

const DAY = 86_400;

/** Two leap years lie in it, and every weekday falls on every date of the year but one. */
const [FIRST_DAY, DAYS] = [Date.UTC(2024, 0, 1) / 1000, 366 + 3 * 365 + 366];

/**
 * The longest time from one run of a cron schedule to the next, seconds.
 *
 * @param schedule five fields, in UTC
 * @returns Infinity for one that never runs
 */
export function longestInterval(schedule: string): number {
  const [minute, hour, date, month, weekday] = schedule.split(' ') as [string, string, string, string, string];
  const [dates, weekdays] = [valuesOf(date, 1, 31), valuesOf(weekday, 0, 6)];
  const months = valuesOf(month, 1, 12);
  const times = [...valuesOf(hour, 0, 23)]
    .flatMap((h) => [...valuesOf(minute, 0, 59)].map((m) => h * 3600 + m * 60))
    .filter((time) => time < DAY)
    .sort((a, b) => a - b);
  // With both days restricted either of them will do.
  const runsOn = (day: Date): boolean => {
    const [onDate, onWeekday] = [dates.has(day.getUTCDate()), weekdays.has(day.getUTCDay())];
    const isEither = date !== '*' && weekday !== '*';
    return months.has(day.getUTCMonth() + 1) && (isEither ? onDate || onWeekday : onDate && onWeekday);
  };
  const days = Array.from({ length: DAYS }, (_, index) => FIRST_DAY + index * DAY);
  const runs = days.filter((day) => runsOn(new Date(day * 1000))).flatMap((day) => times.map((time) => day + time));
  if (runs.length < 2) return Infinity;
  return runs.slice(1).reduce((longest, run, index) => Math.max(longest, run - runs[index]!), 0);
}
