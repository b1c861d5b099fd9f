import { expect, it } from 'vitest'
import { number, percent, tick, whole } from '../../../../src/dashboard/browser/charts/number.ts'

it('writes numbers with groups, whole ones exactly, of others no more digits than tell something', () => {
  expect([0, -1.5, 2427.48321, 123_456_789, 0.1 + 0.2, 1234567890.5].map(number)).toEqual([
    '0',
    '-1.5',
    '2,427.4832',
    '123,456,789',
    '0.3',
    '1,234,567,891',
  ])
})

it('writes numbers that nobody could count the digits of as powers of ten', () => {
  expect([1e300, -4e-9, 5e12, 2 ** 53 - 1, 1.234567891e20].map(number)).toEqual([
    ...['1e+300', '-4e-9', '5,000,000,000,000', '9,007,199,254,740,991', '1.2345679e+20'],
  ])
  expect(tick(1e300, 1e299)).toBe('1.0e+300')
  // A narrow range of large prices.
  expect([2.012e15, 2.0125e15].map(value => tick(value, 5e11))).toEqual([
    '2.0120e+15',
    '2.0125e+15',
  ])
})

it('writes whole numbers of any size digit by digit', () => {
  expect(whole(`${2n ** 64n}`)).toBe('18,446,744,073,709,551,616')
  expect(whole('-9007199254740993')).toBe('-9,007,199,254,740,993')
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
