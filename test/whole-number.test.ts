import { expect, it } from 'vitest'
import { doublesOf, isWhole, sumOf } from '../src/whole-number.ts'

const SMALL = ['0', '-1', '77', `${2 ** 53 - 1}`, `-${2 ** 53 - 1}`]
const LARGE = [
  `${2n ** 53n}`,
  `${2n ** 53n + 1n}`,
  `${-(2n ** 53n) - 1n}`,
  `${2n ** 60n}`,
  `${10n ** 30n}`,
  `${2n ** 128n - 1n}`,
  `${2n ** 256n - 1n}`,
  `${-(2n ** 255n)}`,
  '9'.repeat(78),
]

it('takes a text of digits alone for a number', () => {
  for (const text of [...SMALL, ...LARGE]) expect([text, isWhole(text)]).toEqual([text, true])
  const others = ['', '-', '-0', '007', '+1', ' 1', '1 ', '1.0', '1e3', '0x1', '1\n', '٣', 'NaN']
  for (const text of [...others, '9'.repeat(79)])
    expect([text, isWhole(text)]).toEqual([text, false])
})

it('takes any whole number apart and puts it together again', () => {
  for (const text of SMALL) expect(sumOf(doublesOf(text))).toBe(Number(text))
  for (const text of LARGE) {
    const parts = doublesOf(text)
    expect([text, sumOf(parts)]).toEqual([text, text])
    expect(parts[0]).toBe(Number(text))
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.length).toBeLessThanOrEqual(5)
  }
})
