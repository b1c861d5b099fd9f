import { expect, test } from 'vitest'
import type { Mark } from '../../src/ledger/mark.ts'
import { type Standing, settle } from '../../src/producer/settlement.ts'

const second = { interval: 1000, phase: 0 }
const mark = (state: Mark['state']): Mark => ({
  ...{ state, token: 't', worker: 'w', attempts: 1, at: 0, reason: 'http-503', status: 503 },
})
const standing = (change: Partial<Standing> = {}): Standing => ({
  epochs: [{ from: 0, to: null, grid: second }],
  closed: 0,
  recorded: [],
  marks: new Map(),
  holding: null,
  lost: 0,
  ...change,
})
const over = () => true
const slots = (closings: { from: number; verdict: string }[]) =>
  closings.map(({ from, verdict }) => `${from / 1000} ${verdict}`)

test('slots without a trace are missed', () => {
  const { closed, due, closings } = settle(standing({ recorded: [2000] }), 4500, over)
  expect(slots(closings)).toEqual(['1 missed', '3 missed', '4 missed'])
  expect({ closed, due }).toEqual({ closed: 4500, due: 4 })
})

test('a long gap is one range, on either side of what is recorded', () => {
  const { closings, due } = settle(standing({ recorded: [100_000] }), 300_000, over)
  expect(closings).toMatchObject([
    { from: 1000, to: 99_000, count: 99 },
    { from: 101_000, to: 300_000, count: 200 },
  ])
  expect(due).toBe(300)
})

test('a sent slot whose worker is lost is unknown', () => {
  const marks = new Map([[2000, mark('sent')]])
  const { closings } = settle(standing({ marks, recorded: [1000] }), 2000, over)
  expect(slots(closings)).toEqual(['2 unknown'])
})

test('the watermark waits before a sent slot whose worker may still answer', () => {
  const marks = new Map([[2000, mark('sent')]])
  const { closed, closings } = settle(standing({ marks }), 5000, () => false)
  expect(closed).toBe(1999)
  expect(slots(closings)).toEqual(['1 missed'])
})

test('the watermark waits before the slot that holds the lease', () => {
  const { closed, closings } = settle(standing({ holding: 3000, recorded: [1000] }), 9000, over)
  expect(closed).toBe(2999)
  expect(slots(closings)).toEqual(['2 missed'])
})

test('an attempt without effect that was not repeated is failed', () => {
  const marks = new Map([[1000, mark('not-executed')]])
  expect(slots(settle(standing({ marks }), 1000, over).closings)).toEqual(['1 failed'])
})

test('slots between two epochs are not due', () => {
  const epochs = [
    { from: 0, to: 2000, grid: second },
    { from: 2600, to: null, grid: { interval: 500, phase: 0 } },
  ]
  const { due, closings } = settle(standing({ epochs }), 4000, over)
  expect(closings.map(({ from }) => from)).toEqual([1000, 2000, 3000, 3500, 4000])
  expect(due).toBe(5)
})

test('a cron pattern is closed slot by slot', () => {
  const grid = { cron: '*/10 * * * * *', timezone: 'UTC' }
  const epochs = [{ from: 0, to: null, grid }]
  const { due, closings } = settle(standing({ epochs, recorded: [20_000] }), 40_000, over)
  expect(closings.map(({ from }) => from)).toEqual([10_000, 30_000, 40_000])
  expect(due).toBe(4)
})

test('where records were lost, a slot without a trace is unknown', () => {
  const { closings } = settle(standing({ lost: 2500, recorded: [1000] }), 4000, over)
  expect(slots(closings)).toEqual(['2 unknown', '3 missed', '4 missed'])
})

test('nothing is closed twice', () => {
  const before = standing({ closed: 5000 })
  expect(settle(before, 5000, over)).toEqual({ closed: 5000, due: 0, closings: [] })
})
