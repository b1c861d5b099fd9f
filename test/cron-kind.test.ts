import { expect, it } from 'vitest'
import { cron } from '../src/cron-kind.ts'

it.each([
  [' */5  * * * * ', '*/5 * * * *'],
  ['*/59 * * * * *', '*/59 * * * * *'],
  ['0 0 L * MON-FRI', '0 0 L * MON-FRI'],
  ['1-59/58 */23 * * *', '1-59/58 */23 * * *'],
  ['@daily', '0 0 * * *'],
  ['@Midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
])('reads %j', (text, pattern) => {
  expect(cron.parse(text)).toBe(pattern)
})

it.each([
  ['61 * * * *', 'minute "61": expected 0-59'],
  ['60 * * * * *', 'second "60": expected 0-59'],
  ['* 25 * * *', 'hour "25": expected 0-23'],
  ['* * 0 * *', 'day of the month "0": expected 1-31'],
  ['* * * 13 *', 'month "13": expected 1-12'],
  ['* * * * 8', 'day of the week "8": expected 0-7'],
  ['a 25 * * *', /minute "a": .*; hour "25": expected 0-23/],
  ['*/70 * * * *', 'minute "*/70": a step of 70 leads beyond 59 at once'],
  ['*/60 * * * *', 'so that only 0 would remain'],
  ['0,5/70 * * * *', 'so that only 5 would remain'],
  ['* 8-12/5 * * *', 'hour "8-12/5": a step of 5 leads beyond 12 at once'],
  ['* * * * */7', 'day of the week "*/7": a step of 7'],
  ['* * * *', 'of 5 fields, or 6 with seconds first'],
  ['H * * * *', 'without H'],
  ['@reboot', 'one of @yearly, '],
  ['0 0 31 4,6 *', 'that fires some day'],
  ['0 0 30 2 *', 'that fires some day'],
] as const)('refuses %j and says why', (text, why) => {
  expect(() => cron.parse(text)).toThrow(why)
})
