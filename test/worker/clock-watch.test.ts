import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createEvents, type EventMap } from '../../src/events.ts'
import { type ClockWatch, watchClocks } from '../../src/worker/clock-watch.ts'

let watch: ClockWatch
let said: EventMap['clock-set'][0][]
let running: number
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1e12 })
  running = 5000
  vi.spyOn(performance, 'now').mockImplementation(() => running)
  said = []
  const events = createEvents()
  events.on('clock-set', event => said.push(event))
  watch = watchClocks({ timeout: 3000, settle: 2000 }, events)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
/** Time passes; Redis's clock says `time` at the end of an answer that took `took` ms. */
const told = (time: number, took = 2) => watch.told(time, running - took, running)
const pass = (ms: number) => {
  running += ms
  vi.setSystemTime(Date.now() + ms)
}

it('says nothing while time passes, and Redis answers at any speed', () => {
  for (const took of [1, 4000, 1, 900]) {
    pass(5000)
    watch.look()
    told(2e12 + running - took / 2, took)
  }
  expect(said).toEqual([])
  expect(watch.held).toBe(0)
})

it("holds calls that move money once Redis's clock has jumped ahead, by a clock that nobody sets", () => {
  told(2e12)
  pass(100)
  told(2e12 + 120_100)
  expect(said).toMatchObject([{ whose: 'Redis', held: Date.now() + 5000 }])
  expect(watch.check()).toMatchObject({ probe: 'readyz', ok: false })
  pass(4000)
  vi.setSystemTime(5e11)
  expect(watch.held).toBe(1000)
  running += 1000
  expect(watch.held).toBe(0)
  expect(watch.check()).toMatchObject({ ok: true })
})

it.each([
  ["Redis's is set back", () => told(2e12 - 120_000), 'Redis'],
  ['ours is set back', () => vi.setSystemTime(1e12 - 120_000), 'own'],
  ['ours is set ahead', () => vi.setSystemTime(1e12 + 120_000), 'own'],
])('only says it when %s: leases last at least as long', (_, jump, whose) => {
  told(2e12)
  jump()
  watch.look()
  expect(said).toMatchObject([{ whose, held: null }])
  expect(watch.held).toBe(0)
})

it('takes the word of somebody who looked after the jump, and of nobody who did before', () => {
  told(2e12)
  told(2e12 + 120_000)
  expect(watch.vouched(2e12 + 119_999)).toBe(false)
  expect(watch.vouched(2e12 + 120_000)).toBe(true)
})
