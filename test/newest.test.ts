import { expect, it } from 'vitest'
import { leftOut, newestOf } from '../src/newest.ts'

it('shows the newest 50 unless told otherwise', () => {
  const [since, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  expect(newestOf({})).toEqual({ since, to, limit: 50 })
  expect(newestOf({ since: 1, to: 1, limit: 2 })).toEqual({ since: 1, to: 1, limit: 2 })
  expect(newestOf({ all: true })).toMatchObject({ limit: Number.POSITIVE_INFINITY })
})

it('refuses what contradicts itself', () => {
  expect(() => newestOf({ all: true, limit: 1 })).toThrow('--all and --limit contradict')
  expect(() => newestOf({ since: 2, to: 1 })).toThrow('--since lies after --to')
  expect(() => newestOf({ follow: true, to: 1 })).toThrow('--to ends earlier')
})

it('counts what is not shown', () => {
  expect(leftOut('run', 1)).toMatch(/^1 older run is not shown: /)
  expect(leftOut('run', 1, true)).toMatch(/^at least 1 older runs are not shown: /)
  expect(leftOut('action', 12_345)).toMatch(/^12,345 older actions are not shown: /)
})
