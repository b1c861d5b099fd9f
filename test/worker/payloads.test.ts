import { expect, it } from 'vitest'
import type { Tick, Trigger } from '../../src/jobs.ts'
import { Payloads } from '../../src/worker/payloads.ts'

const schedule: Tick['schedule'] = {
  ...{ id: 'default/get-stats', engine: 'default', job: 'get-stats', revision: 'r' },
  ...{ grid: { interval: 1000, phase: 500 }, lead: 250 },
}
const tick: Tick = { v: 1, kind: 'tick', schedule }
const trigger: Trigger = {
  ...{ v: 1, kind: 'trigger', schedule: schedule.id, engine: 'default', job: 'get-stats' },
  ...{ id: 'x', reason: 'a test', notAfter: 5 },
}

it('reads ticks and calls by hand, as often as they come', () => {
  const payloads = new Payloads()
  for (const data of [tick, trigger, structuredClone(tick), structuredClone(trigger)]) {
    expect(payloads.read(data)).toEqual(data)
  }
})

it('validates the ticks of a schedule once, and others that look alike again', () => {
  const payloads = new Payloads()
  const first = payloads.read(tick)
  expect(payloads.read(structuredClone(tick))).toBe(first)
  const other = { ...tick, schedule: { ...schedule, job: 'update-engine' } }
  expect(payloads.read(other)).toEqual(other)
  expect(payloads.read({ ...tick, schedule: { ...schedule, lead: -1 } })).toBeNull()
})

it('does not take one call by hand for another', () => {
  const payloads = new Payloads()
  payloads.read(trigger)
  expect(payloads.read({ ...trigger, id: 'y' })).toMatchObject({ id: 'y' })
})

it.each([
  ...[null, undefined, 5, 'tick', [], {}, { kind: 'tick' }, { kind: 'tick', schedule: null }],
  { ...tick, v: 2 },
  { ...tick, schedule: { ...schedule, job: 'stop' } },
  { ...tick, schedule: { ...schedule, grid: { interval: 0, phase: 0 } } },
  { ...trigger, id: '' },
])('takes %j for nothing', data => {
  const payloads = new Payloads()
  expect(payloads.read(data)).toBeNull()
  expect(payloads.read(data)).toBeNull()
})
