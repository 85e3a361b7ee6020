/** Schedules as Velero and Kubernetes read them. https://pkg.go.dev/github.com/robfig/cron/v3 */

/** Least and greatest number of the five fields: minute, hour, day of the month, month, day of the week from Sunday. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

const PART = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/;

/** The numbers of one part of a field, between commas: `*`, `5`, `1-5`, each with a step such as `/15`. None: wrong. */
function numbersOf(part: string, [least, greatest]: readonly [number, number]): number[] {
  const match = PART.exec(part);
  if (match === null) return [];
  const [first, last, step] = match.slice(1).map((it) => (it === undefined ? undefined : Number(it)));
  const from = first ?? least;
  // With a step, a single number is where it begins.
  const to = last ?? (first === undefined || step !== undefined ? greatest : first);
  if (from < least || to > greatest || step === 0 || (step ?? 1) > greatest) return [];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index).filter(
    (number) => (number - from) % (step ?? 1) === 0,
  );
}

/** Whether a text is five fields, of numbers that there are. */
export function isCronSchedule(text: string): boolean {
  const fields = text.split(' ');
  return (
    fields.length === FIELDS.length &&
    FIELDS.every((bounds, index) => fields[index]!.split(',').every((part) => numbersOf(part, bounds).length > 0))
  );
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
 * @returns Infinity for one that never runs, such as on February 30
 */
export function longestInterval(schedule: string): number {
  const fields = schedule.split(' ');
  const [minutes, hours, dates, months, weekdays] = FIELDS.map(
    (bounds, index) => new Set(fields[index]!.split(',').flatMap((part) => numbersOf(part, bounds))),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  const times = [...hours].flatMap((h) => [...minutes].map((m) => h * 3600 + m * 60)).sort((a, b) => a - b);
  // With both days restricted either of them will do.
  const isRestricted = (field: string) => !/^\*(\/1)?$/.test(field);
  const isEither = isRestricted(fields[2]!) && isRestricted(fields[4]!);
  const runsOn = (day: Date): boolean => {
    const [onDate, onWeekday] = [dates.has(day.getUTCDate()), weekdays.has(day.getUTCDay())];
    return months.has(day.getUTCMonth() + 1) && (isEither ? onDate || onWeekday : onDate && onWeekday);
  };
  const days = Array.from({ length: DAYS }, (_, index) => FIRST_DAY + index * DAY).filter((day) =>
    runsOn(new Date(day * 1000)),
  );
  if (days.length < 2) return Infinity;
  const overnight = times[0]! - times.at(-1)!;
  return Math.max(...intervals(times), ...intervals(days).map((interval) => interval + overnight));
}
