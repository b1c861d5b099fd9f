import { expect, test } from 'vitest'
import { Standstill } from '../../src/health/standstill.ts'

function looksAt(...progress: (string | null)[]): Standstill {
  const standstill = new Standstill()
  for (const each of progress) standstill.see(each)
  return standstill
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

test('is dead when nothing has moved for more than 20 s', () => {
  expect(looksAt(...times(11, 'a')).dead).toBe(false)
  const dead = looksAt(...times(12, 'a'))
  expect([dead.dead, dead.seconds]).toEqual([true, 22])
})

test('is alive as soon as something moves', () => {
  expect(looksAt(...times(30, 'a'), 'b').dead).toBe(false)
})

test('counts anew after a look at which it could not move', () => {
  expect(looksAt(...times(9, 'a'), null, ...times(9, 'a')).dead).toBe(false)
  expect(looksAt(...times(100, null)).dead).toBe(false)
})
