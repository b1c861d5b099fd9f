import { expect, it } from 'vitest'
import { Rates } from '../../../src/dashboard/live/rates.ts'
import type { Presence } from '../../../src/presence.ts'

const process = (seen: number, runs?: number, since = 0): Presence => ({
  ...{ part: 'worker', name: 'w1', version: '1', since, seen },
  ...(runs === undefined ? {} : { runs }),
})

/** Takes what the process said, one after the other; the rate after the last. */
function rate(...said: Presence[]): number | null {
  const rates = new Rates()
  for (const one of said) rates.take([one])
  return rates.of(said.at(-1) as Presence)
}

it('says nothing until it has watched for a moment', () => {
  expect(rate(process(0, 10))).toBeNull()
  expect(rate(process(0, 10), process(2000, 12))).toBeNull()
  expect(rate(process(0, 10), process(2000, 12), process(4000, 14))).toBe(60)
})

it('counts the last minute', () => {
  const steady = Array.from({ length: 60 }, (_, index) => process(index * 2000, 0))
  const busy = Array.from({ length: 31 }, (_, index) => process(120_000 + index * 2000, index * 4))
  expect(rate(...steady, ...busy)).toBe(120)
})

it('begins again with a process that was started anew', () => {
  const before = [process(0, 100), process(4000, 200), process(8000, 300)]
  expect(rate(...before, process(10_000, 3, 9000))).toBeNull()
  expect(rate(...before, process(10_000, 3))).toBeNull()
  const after = [process(10_000, 3, 9000), process(14_000, 5, 9000)]
  expect(rate(...before, ...after)).toBe(30)
})

it('does not count the same word twice, and says nothing of who counts nothing', () => {
  expect(rate(process(0, 0), process(0, 0), process(5000, 5), process(5000, 5))).toBe(60)
  expect(rate(process(0), process(60_000))).toBeNull()
})

it('forgets who is gone', () => {
  const rates = new Rates()
  rates.take([process(0, 0)])
  rates.take([])
  rates.take([process(5000, 5)])
  expect(rates.of(process(5000, 5))).toBeNull()
})
