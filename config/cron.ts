/** The values of one of cron's fields, those that there are. https://pkg.go.dev/github.com/robfig/cron/v3, which Velero reads it with. */
function valuesOf(field: string, minimum: number, maximum: number): Set<number> {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range, step = '1'] = part.split('/') as [string, string?];
    const [first, last] = range === '*' ? [minimum, maximum] : range.split('-').map(Number);
    const end = Math.min(maximum, last ?? (part.includes('/') ? maximum : first!));
    for (let value = first!; value <= end && step !== '0'; value += Number(step)) {
      if (value >= minimum) values.add(value);
    }
  }
  return values;
}

/** The steps from one number to the next. */
const intervals = (numbers: readonly number[]): number[] =>
  numbers.slice(1).map((number, index) => number - numbers[index]!);

const DAY = 86_400;

/** Two leap years lie in it. */
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
    .sort((a, b) => a - b);
  // With both days restricted either of them will do.
  const runsOn = (day: Date): boolean => {
    const [onDate, onWeekday] = [dates.has(day.getUTCDate()), weekdays.has(day.getUTCDay())];
    const isEither = date !== '*' && weekday !== '*';
    return months.has(day.getUTCMonth() + 1) && (isEither ? onDate || onWeekday : onDate && onWeekday);
  };
  const days = Array.from({ length: DAYS }, (_, index) => FIRST_DAY + index * DAY).filter((day) =>
    runsOn(new Date(day * 1000)),
  );
  if (days.length < 2 || times.length === 0) return Infinity;
  const overnight = times[0]! - times.at(-1)!;
  return Math.max(...intervals(times), ...intervals(days).map((interval) => interval + overnight));
}
