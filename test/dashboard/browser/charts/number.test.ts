import { expect, it } from 'vitest'
import { number, percent, tick } from '../../../../src/dashboard/browser/charts/number.ts'

it('writes numbers with groups, and no more digits than tell something', () => {
  expect([0, -1.5, 2427.48321, 123_456_789, 0.1 + 0.2].map(number)).toEqual([
    '0',
    '-1.5',
    '2,427.4832',
    '123,456,790',
    '0.3',
  ])
})

it('writes numbers that nobody could count the digits of as powers of ten', () => {
  expect([1e300, -4e-9, 5e12].map(number)).toEqual(['1.000e+300', '-4.000e-9', '5.000e+12'])
  expect(tick(1e300, 1e299)).toBe('1.0e+300')
})

it('writes as many decimals beside an axis as its lines need', () => {
  expect(tick(2400, 10)).toBe('2,400')
  expect(tick(2400.5, 0.5)).toBe('2,400.5')
  expect(tick(1, 0.25)).toBe('1.00')
  expect(tick(2.5, 2.5)).toBe('2.5')
  expect(tick(7, 0.05 * 100)).toBe('7')
  expect(tick(0.30000000000000004, 0.1)).toBe('0.3')
})

it('writes shares as percent', () => {
  expect([0, 0.98765, 1, -0.05].map(percent)).toEqual(['0 %', '98.8 %', '100 %', '-5 %'])
})
