import { stripVTControlCharacters } from 'node:util'
import { expect, it, onTestFinished, vi } from 'vitest'
import {
  clock,
  dayMarks,
  growingTable,
  jsonLine,
  moment,
  printable,
  span,
  table,
  timed,
} from '../src/terminal.ts'

it('says lengths of time in the largest unit that fits', () => {
  const said = [0, 999, 1000, 12_340, 60_000, 5_400_000, 172_800_000].map(span)
  expect(said).toEqual(['0 ms', '999 ms', '1 s', '12.3 s', '1 min', '1.5 h', '2 d'])
  expect(span(-1500)).toBe('-1.5 s')
})

it('shows the date only of another day', () => {
  const now = new Date()
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 13, 5, 9, 7)
  expect(clock(today.getTime())).toBe('13:05:09.007')
  expect(clock(new Date(2020, 0, 2, 3, 4, 5, 6).getTime())).toBe('2020-01-02 03:04:05.006')
})

it('names the zone once beside times, and with each of another one', () => {
  vi.stubEnv('TZ', 'Europe/Berlin')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 31, 12) })
  onTestFinished(() => {
    vi.useRealTimers()
    vi.unstubAllEnvs()
  })
  const [winter, summer] = [Date.UTC(2026, 0, 30, 23), Date.UTC(2025, 6, 1)]
  expect(timed('slot')).toBe('slot (UTC+1)')
  expect([winter, summer].map(clock)).toEqual(['00:00:00.000', '2025-07-01 02:00:00.000 UTC+2'])
  expect([winter, summer].map(moment)).toEqual([
    '00:00:00.000 UTC+1',
    '2025-07-01 02:00:00.000 UTC+2',
  ])
  const mark = dayMarks()
  const marks = [winter - 1, winter, winter + 1, summer].map(at =>
    stripVTControlCharacters(mark(at)),
  )
  expect(marks).toEqual(['2026-01-30 UTC+1\n', '2026-01-31 UTC+1\n', '', '2025-07-01 UTC+2\n'])
  vi.stubEnv('TZ', 'America/St_Johns')
  expect(timed('at')).toBe('at (UTC-3:30)')
})

it('escapes whatever moves a cursor, paints, or turns the direction of writing', () => {
  expect(printable('a\n\r\t\u001b[31m\u0000\u007f\u009b\u202e\u2028z')).toBe(
    'a\\n\\r\\t\\u001b[31m\\u0000\\u007f\\u009b\\u202e\\u2028z',
  )
  expect(printable('Zürich 東京 👍 "x" \\')).toBe('Zürich 東京 👍 "x" \\')
})

it('prints JSON of the same value without any control character', () => {
  const value = { text: 'a\n\u001b\u009b\u202e\u007f"\\', list: [1, null] }
  const line = jsonLine(value)
  expect(line).toMatch(/^\P{Cc}+\n$/u)
  expect(JSON.parse(line)).toEqual(value)
})

it('lines up the columns of a table and leaves no blanks at the ends of its lines', () => {
  const lines = stripVTControlCharacters(
    table(
      ['a', 'long title'],
      [
        ['wide cell', 'x'],
        ['y', ''],
      ],
    ),
  )
  expect(lines.split('\n')).toEqual(['a          long title', 'wide cell  x', 'y'])
})

it('goes on with a table without a second head, columns growing as needed', () => {
  const print = growingTable(['a', 'b'])
  const plain = (rows: string[][]) => stripVTControlCharacters(print(rows))
  expect(plain([['one', '1']])).toBe('a    b\none  1\n')
  expect(plain([['x', '\u001b[31m2\u001b[39m']])).toBe('x    2\n')
  expect(
    plain([
      ['longer', '3'],
      ['y', '4'],
    ]),
  ).toBe('longer  3\ny       4\n')
  expect(plain([])).toBe('')
  const roomy = growingTable(['a', 'b'], ['12345'])
  expect(stripVTControlCharacters(roomy([['x', 'y']]))).toBe('a      b\nx      y\n')
})
