import { isCronSchedule, longestInterval } from '../../config/cron';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

test.each([
  ['* * * * *', MINUTE],
  ['*/10 * * * *', 10 * MINUTE],
  ['*/25 * * * *', 25 * MINUTE],
  ['5/20 * * * *', 20 * MINUTE],
  ['0 * * * *', HOUR],
  ['0 3 * * *', DAY],
  ['0 3,15 * * *', 12 * HOUR],
  ['0 0-6 * * *', 18 * HOUR],
  ['0 8-18/2 * * *', 14 * HOUR],
  ['0 3 * * 0', 7 * DAY],
  ['0 3 * * 1-5', 3 * DAY],
  ['0 3 1 * *', 31 * DAY],
  ['0 3 31 * *', 61 * DAY],
  ['0 3 1 1 *', 366 * DAY],
  // Either of two restricted days will do.
  ['0 3 1,15 * 1', 7 * DAY],
  ['0 3 */1 * 1', 7 * DAY],
])('%s lets at most %d s pass', (schedule, seconds) => {
  expect(longestInterval(schedule)).toBe(seconds);
});

test.each(['0 3 31 2 *', '0 3 30 2 *'])('%s never runs', (schedule) => {
  expect(longestInterval(schedule)).toBe(Infinity);
});

test.each(['* * * * *', '0 3 * * 0', '5/20 0-6 1,15 */2 1-5', '0 3 31 2 *'])('%s is a schedule', (schedule) => {
  expect(isCronSchedule(schedule)).toBe(true);
});

test.each([
  '99 3 * * *',
  '0 24 * * *',
  '0 3 0 * *',
  '0 3 * 13 *',
  '0 3 * * 7',
  '*/0 3 * * *',
  '*/99999999999999999999 * * * *',
  '0 5-3 * * *',
  '@daily',
  '0 3 * *',
])('%s is none', (schedule) => {
  expect(isCronSchedule(schedule)).toBe(false);
});
