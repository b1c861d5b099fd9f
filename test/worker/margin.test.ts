import { expect, it } from 'vitest'
import { Margin } from '../../src/worker/margin.ts'

it('is short while Redis answers fast', () => {
  const margin = new Margin()
  expect(margin.current()).toBe(25)
  for (let count = 0; count < 100; count++) margin.observe(0.3)
  expect(margin.current()).toBe(25)
})

it('follows how Redis answers, up and down', () => {
  const margin = new Margin()
  for (let count = 0; count < 100; count++) margin.observe(20)
  expect(margin.current()).toBeCloseTo(80, 0)
  for (let count = 0; count < 100; count++) margin.observe(0)
  expect(margin.current()).toBe(25)
})

it('is not thrown off by one slow answer', () => {
  const margin = new Margin()
  margin.observe(60)
  expect(margin.current()).toBeLessThan(60)
})
