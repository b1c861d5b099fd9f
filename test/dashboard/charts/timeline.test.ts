import { expect, it } from 'vitest'
import { type Row, Timeline } from '../../../src/dashboard/charts/timeline.ts'

const all = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const

function rows(from: number, to: number, name = 'n'): Row[] {
  return Array.from({ length: to - from }, (_, index) => ({
    at: from + index,
    values: [[name, (from + index) * 10]],
  }))
}

function column(timeline: Timeline, name: string): (number | null)[] {
  const { columns } = timeline.window(...all)
  return [...(columns.get(name) ?? [])].map(value => (Number.isNaN(value) ? null : value))
}

it('grows at both ends', () => {
  const timeline = new Timeline()
  timeline.append(rows(5000, 5010))
  for (let page = 0; page < 50; page++) {
    timeline.prepend(rows(5000 - 100 * (page + 1), 5000 - 100 * page))
    timeline.append(rows(5010 + 10 * page, 5020 + 10 * page))
  }
  expect(timeline.length).toBe(5510)
  expect([timeline.oldest, timeline.newest]).toEqual([0, 5509])
  expect([...timeline.window(...all).at]).toEqual(Array.from({ length: 5510 }, (_, at) => at))
  expect(column(timeline, 'n')).toEqual(Array.from({ length: 5510 }, (_, at) => at * 10))
})

it('gives windows with both ends', () => {
  const timeline = new Timeline()
  timeline.append(rows(10, 20))
  expect([...timeline.window(12, 14).at]).toEqual([12, 13, 14])
  expect([...timeline.window(12.5, 13.5).at]).toEqual([13])
  expect([...timeline.window(30, 40).at]).toEqual([])
  expect([...timeline.window(15, 12).at]).toEqual([])
  expect(timeline.window(30, 40).columns.size).toBe(0)
  expect(timeline.before('n', 12)).toBe(110)
  expect(timeline.before('n', 10)).toBeNull()
  expect(timeline.before('other', 12)).toBeNull()
})

it('has nothing where a field was not sent', () => {
  const timeline = new Timeline()
  timeline.append(rows(1, 3, 'a'))
  timeline.append(rows(3, 5, 'b'))
  timeline.append(rows(5, 6, 'a'))
  expect(column(timeline, 'a')).toEqual([10, 20, null, null, 50])
  expect(column(timeline, 'b')).toEqual([null, null, 30, 40, null])
  expect([...timeline.window(1, 2).columns.keys()]).toEqual(['a'])
})

it('leaves nothing behind where it is cut', () => {
  const timeline = new Timeline()
  timeline.append(rows(0, 10, 'a'))
  timeline.dropAfter(4)
  timeline.append(rows(5, 8, 'b'))
  expect(column(timeline, 'a')).toEqual([0, 10, 20, 30, 40, null, null, null])
  timeline.dropBefore(3)
  timeline.prepend(rows(1, 3, 'b'))
  expect(column(timeline, 'a')).toEqual([null, null, 30, 40, null, null, null])
  timeline.dropOldest(6)
  expect([...timeline.window(...all).at]).toEqual([7])
  timeline.dropOldest(6)
  timeline.dropOldest(-6)
  expect([timeline.length, timeline.oldest, timeline.newest]).toEqual([0, Number.NaN, Number.NaN])
  timeline.append(rows(100, 101, 'c'))
  expect(column(timeline, 'c')).toEqual([1000])
})

it('holds a limited number of columns, and forgets those that are gone', () => {
  const timeline = new Timeline()
  const values = Array.from({ length: 100 }, (_, index) => [`n${index}`, index] as const)
  timeline.append([{ at: 1, values }])
  expect(timeline.window(...all).columns.size).toBe(64)
  timeline.dropBefore(2)
  timeline.append(rows(2, 3000, 'late'))
  expect([...timeline.window(...all).columns.keys()]).toEqual(['late'])
})

it('keeps whole numbers beyond 2^53 as they are, and draws the nearest doubles', () => {
  const wei = [1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 256n - 1n, -(2n ** 255n), 7n].map(String)
  const row = (at: number) => ({ at, values: [['wei', wei[at % wei.length] as string]] as const })
  const timeline = new Timeline()
  timeline.append(Array.from({ length: 600 }, (_, index) => row(5000 + index)))
  for (let page = 1; page <= 50; page++) {
    timeline.prepend(Array.from({ length: 100 }, (_, index) => row(5000 - page * 100 + index)))
  }
  timeline.append([{ at: 5600, values: [['other', 1.5]] }])
  const { at, columns, exact } = timeline.window(...all)
  for (const [index, time] of at.subarray(0, -1).entries()) {
    const text = wei[time % wei.length] as string
    expect(String(exact('wei', index))).toBe(text)
    expect(columns.get('wei')?.[index]).toBe(Number(text))
  }
  expect([exact('wei', 5600), exact('other', 5600), exact('never', 0)]).toEqual([null, 1.5, null])
  // What was cut leaves no remainder to those that come after.
  timeline.dropAfter(5002)
  timeline.append([{ at: 5003, values: [['wei', 2 ** 53]] }])
  const after = timeline.window(5003, 5003)
  expect([after.exact('wei', 0), after.large('wei')]).toEqual([2 ** 53, true])
})
