import { expect, it } from 'vitest'
import { agreedOn } from '../../src/producer/agreed-clock.ts'

it.each([
  ['nobody is there', [], 0],
  ['all agree', [1, -1], 0],
  ["Redis's alone is behind", [120_000, 120_000], 120_000],
  ["a worker's alone is ahead", [0, 120_000], 0],
  ["a worker's alone is behind", [0, -120_000], 0],
  ['two disagree: the one behind', [120_000], 0],
  ['two disagree, the other way', [-120_000], -120_000],
])('%s', (_, clocks, agreed) => {
  expect(agreedOn(clocks.map(clock => ({ clock })))).toBe(agreed)
})
