import { expect, it } from 'vitest'
import { countDue, dueIn, type Epoch, parseEpochs } from '../../src/ledger/epochs.ts'

const second: Epoch = { from: 10_000, to: null, grid: { interval: 1000, phase: 0 } }

it('counts slots after the begin and up to the end, the end included', () => {
  expect(countDue([second], 0, 20_000)).toBe(10)
  expect(countDue([second], 10_000, 11_000)).toBe(1)
  expect(countDue([second], 10_999, 11_000)).toBe(1)
  expect(countDue([second], 11_000, 11_999)).toBe(0)
  expect(countDue([second], 20_000, 10_000)).toBe(0)
  expect(countDue([], 0, 20_000)).toBe(0)
})

it('counts slots of each grid in its own time, with its own phase', () => {
  const epochs: Epoch[] = [
    { ...second, to: 15_500 },
    { from: 16_000, to: null, grid: { interval: 500, phase: 250 } },
  ]
  expect(dueIn(epochs, 0, 17_000).stretches).toEqual([
    { from: 11_000, to: 15_000, count: 5 },
    { from: 16_250, to: 16_750, count: 2 },
  ])
  expect(countDue(epochs, 0, 17_000)).toBe(7)
})

it('knows no slots in a gap between two epochs, nor after the last', () => {
  const epochs = [
    { ...second, to: 12_000 },
    { ...second, from: 20_000, to: 22_000 },
  ]
  expect(countDue(epochs, 12_000, 20_000)).toBe(0)
  expect(countDue(epochs, 0, 1e9)).toBe(4)
})

it('adds up however a stretch of time is cut', () => {
  const epochs: Epoch[] = [
    { ...second, to: 15_500 },
    { from: 16_000, to: 90_000, grid: { interval: 700, phase: 30 } },
    { from: 90_500, to: null, grid: { cron: '*/5 * * * * *', timezone: 'UTC' } },
  ]
  const whole = countDue(epochs, 0, 200_000)
  for (let cut = 0; cut <= 200_000; cut += 3337) {
    expect(countDue(epochs, 0, cut) + countDue(epochs, cut, 200_000)).toBe(whole)
  }
})

it('walks the slots of a cron pattern in bounded steps', () => {
  const grid = { cron: '* * * * * *', timezone: 'UTC' }
  const step = dueIn([{ from: 0, to: null, grid }], 0, 10_000_000)
  expect(step).toEqual({ stretches: [{ from: 1000, to: 2e6, count: 2000 }], upTo: 2e6 })
  expect(countDue([{ from: 0, to: null, grid }], 0, 4_500_000)).toBe(4500)
})

it('goes on with the next epoch after a pattern that was walked to its end', () => {
  const grid = { cron: '* * * * * *', timezone: 'UTC' }
  const epochs: Epoch[] = [
    { from: 0, to: 2_500_000, grid },
    { from: 2_500_000, to: null, grid: { interval: 1000, phase: 0 } },
  ]
  expect(countDue(epochs, 0, 3_000_000)).toBe(3000)
})

it('takes what cannot be read for no epochs', () => {
  expect(['', '{', '{}', '[{"from":1}]'].map(parseEpochs)).toEqual([[], [], [], []])
})
