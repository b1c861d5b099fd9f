import { expect, it } from 'vitest'
import { breaksOf, gapsOf } from '../../../../src/dashboard/browser/charts/gaps.ts'

const values = (count: number) => Array.from({ length: count }, (_, index) => index)

it('finds where values should have come and did not', () => {
  const at = [0, 10, 20, 30, 200, 210]
  expect(gapsOf({ at, values: values(6), breaks: [], width: 210 })).toEqual([[30, 200]])
})

it('takes no pause for a gap that could not be seen', () => {
  const at = [0, 10, 20, 30, 200, 210]
  expect(gapsOf({ at, values: values(6), breaks: [], width: 10_000 })).toEqual([])
})

it('draws a line past the points of other lines', () => {
  const at = [0, 5, 10, 15, 20, 25]
  const own = [1, null, 2, undefined, 3, null]
  expect(gapsOf({ at, values: own, breaks: [], width: 25 })).toEqual([])
})

it('breaks a line wherever no column has a value', () => {
  const at = [0, 10, 20, 30]
  const columns = { a: [1, null, null, 2], b: [null, 3, null, 4] }
  const breaks = breaksOf(at, columns)
  expect(breaks).toEqual([20])
  expect(gapsOf({ at, values: columns.a, breaks, width: 1000 })).toEqual([[0, 30]])
  expect(gapsOf({ at, values: columns.b, breaks, width: 1000 })).toEqual([[10, 30]])
})

it('has nothing to say of few points', () => {
  expect(gapsOf({ at: [], values: [], breaks: [], width: 1 })).toEqual([])
  expect(gapsOf({ at: [1], values: [1], breaks: [1], width: 1 })).toEqual([])
})
