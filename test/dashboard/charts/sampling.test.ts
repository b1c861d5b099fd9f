import { expect, it } from 'vitest'
import { gapsAfter, mostRows, sample } from '../../../src/dashboard/charts/sampling.ts'

/** Always the same numbers: xorshift. */
function random(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Series of any kind: irregular clocks with several rows at once, missing values, flat stretches. */
function anySeries(seed: number) {
  const next = random(seed)
  const total = Math.floor(next() * 5000)
  const count = 1 + Math.floor(next() * 5)
  let time = 1_700_000_000_000
  const at = Array.from({ length: total }, () => {
    time += next() < 0.1 ? 0 : Math.floor(next() ** 4 * 60_000)
    return time
  })
  const missing = next() * 0.5
  const series = Array.from({ length: count }, () =>
    Array.from({ length: total }, () => (next() < missing ? Number.NaN : Math.round(next() * 50))),
  )
  return { at, series, points: 50 + Math.floor(next() * 1000) }
}

function numbers(
  values: readonly number[],
  indices: Iterable<number>,
  fits: (index: number) => boolean = () => true,
): number[] {
  return [...indices]
    .filter(index => fits(index) && !Number.isNaN(values[index]))
    .map(index => values[index] as number)
}

function isIn(time: number | undefined, from: number, to: number): boolean {
  return time !== undefined && time >= from && time <= to
}

const cases = Array.from({ length: 60 }, (_, index) => anySeries(index + 1))

it('keeps the order, repeats nothing, and keeps the first and the last', () => {
  for (const { at, series, points } of cases) {
    const kept = sample({ at, series }, points)
    expect(kept.every((index, place) => place === 0 || index > (kept[place - 1] as number))).toBe(
      true,
    )
    if (at.length > 0) expect([kept[0], kept.at(-1)]).toEqual([0, at.length - 1])
  }
})

it('never gives more rows than it says', () => {
  for (const { at, series, points } of cases) {
    const kept = sample({ at, series }, points)
    expect(kept.length).toBeLessThanOrEqual(mostRows(points, series.length))
  }
})

it('bounds the rows of very many series', () => {
  const next = random(1)
  const at = Array.from({ length: 20_000 }, (_, index) => index)
  const series = Array.from({ length: 64 }, () => at.map(() => next()))
  const kept = sample({ at, series }, 5000)
  expect(kept.length).toBeLessThanOrEqual(mostRows(5000, 64))
  expect(mostRows(5000, 64)).toBeLessThanOrEqual(12_000)
})

it('gives all rows where there are few', () => {
  for (const { at, series } of cases) {
    const all = at.map((_, index) => index)
    expect(sample({ at, series }, Math.max(50, at.length))).toEqual(all)
  }
  expect(sample({ at: [], series: [[]] }, 50)).toEqual([])
})

it('keeps the lowest and the highest of every series in every stretch of time', () => {
  let checked = 0
  for (const { at, series, points: many } of cases.slice(0, 15)) {
    const points = Math.min(many, 200)
    if (at.length <= points) continue
    const kept = sample({ at, series }, points)
    const stretches = Math.floor(points / 4)
    const begin = at[0] as number
    const width = ((at.at(-1) as number) - begin) / stretches
    for (let stretch = 0; stretch < stretches; stretch++) {
      const [from, to] = [begin + stretch * width, begin + (stretch + 1) * width]
      for (const values of series) {
        const all = numbers(values, at.keys(), index => isIn(at[index], from + 1, to - 1))
        const some = numbers(values, kept, index => isIn(at[index], from - 1, to + 1))
        if (all.length === 0) continue
        checked++
        expect(Math.min(...some)).toBeLessThanOrEqual(Math.min(...all))
        expect(Math.max(...some)).toBeGreaterThanOrEqual(Math.max(...all))
      }
    }
  }
  expect(checked).toBeGreaterThan(1000)
})

it('keeps the lowest and the highest of every series of all', () => {
  for (const { at, series, points } of cases) {
    const kept = sample({ at, series }, points)
    for (const values of series) {
      const [all, some] = [numbers(values, at.keys()), numbers(values, kept)]
      expect([Math.min(...some), Math.max(...some)]).toEqual([Math.min(...all), Math.max(...all)])
    }
  }
})

it('keeps that something is missing', () => {
  const at = Array.from({ length: 10_000 }, (_, index) => index * 1000)
  const values = at.map((_, index) => (index >= 4000 && index < 4003 ? Number.NaN : index % 17))
  const kept = sample({ at, series: [values] }, 100)
  expect(kept).toContain(4000)
  expect(kept.length).toBeLessThan(130)
})

it('sees time without a point as a gap when it is long for the series and for the window', () => {
  const at = Array.from({ length: 1000 }, (_, index) => index * 1000 + (index >= 500 ? 60_000 : 0))
  expect(gapsAfter(at)).toEqual([499])
  const short = Array.from({ length: 1000 }, (_, index) => index * 1000 + (index >= 500 ? 3000 : 0))
  expect(gapsAfter(short)).toEqual([])
  expect(gapsAfter([])).toEqual([])
  expect(gapsAfter([1, 2])).toEqual([])
  for (const { at: any } of cases) expect(gapsAfter(any).length).toBeLessThanOrEqual(200)
})
