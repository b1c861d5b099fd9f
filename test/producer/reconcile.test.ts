import type { Queue } from 'bullmq'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Declared } from '../../src/ledger/declared.ts'
import { reconcile, removeUndeclared } from '../../src/producer/reconcile.ts'
import { slotOf } from '../../src/ticks.ts'
import { openRounds, scheduled } from '../fixtures/rounds.ts'

let rounds: ReturnType<typeof openRounds>
let queue: Queue
let repairs: string[]
beforeEach(() => {
  rounds = openRounds()
  queue = rounds.queue
  repairs = rounds.repairs
})
afterEach(() => rounds.close())
const about: typeof rounds.about = (...given) => rounds.about(...given)
const pending = (of = hourly) => rounds.pending(of)
const HOUR = { interval: 3_600_000, phase: 0 }
const hourly = scheduled(HOUR)
const { id } = hourly

it.each([
  { interval: 100, phase: 50 },
  { interval: 7000, phase: 0 },
  { interval: 2 * 86_400_000, phase: 0 },
  { cron: '*/10 * * * * *', timezone: 'UTC' },
  { cron: '0 9 * * 1-5', timezone: 'America/New_York' },
])('places the first tick of %o before the next slot, with what it needs', async grid => {
  const one = scheduled(grid)
  const before = Date.now()
  await reconcile(about([one], { first: true }))
  const { slot, state, tick } = await pending(one)
  expect(state).toBe('delayed')
  expect(slot).toBeGreaterThan(before)
  expect(Number(tick.slice(tick.lastIndexOf(':') + 1))).toBe((slot ?? 0) - one.lead)
  const job = await queue.getJob(tick)
  expect(job?.data).toEqual({ v: 1, kind: 'tick', schedule: one })
  expect(job?.opts.attempts).toBe(3)
  expect(repairs).toEqual([])
})

it('only reads where nothing is wrong', async () => {
  const all = [hourly, scheduled({ cron: '0 9 * * *', timezone: 'UTC' }, 'get-stats')]
  await reconcile(about(all))
  repairs.length = 0
  const marks = await Promise.all(
    all.map(async one => {
      const key = queue.toKey((await pending(one)).tick)
      await rounds.books.redis.hset(key, 'ours', 1)
      return key
    }),
  )
  await reconcile(about(all))
  await reconcile(about(all))
  expect(repairs).toEqual([])
  expect(await Promise.all(marks.map(key => rounds.books.redis.hget(key, 'ours')))).toEqual([
    '1',
    '1',
  ])
})

it('leaves one tick, though many do it at the same time', async () => {
  await Promise.all(Array.from({ length: 6 }, () => reconcile(about([hourly]))))
  expect(await queue.getDelayedCount()).toBe(1)
  await queue.removeJobScheduler(id)
  await Promise.all(Array.from({ length: 6 }, () => reconcile(about([hourly]))))
  expect(await queue.getDelayedCount()).toBe(1)
})

it.each([
  ['its grid', scheduled({ interval: 1_800_000, phase: 0 })],
  ['its phase', scheduled({ interval: 3_600_000, phase: 1_800_000 })],
  ['a pattern', scheduled({ cron: '0 12 * * *', timezone: 'UTC' })],
  ['its lead', { ...hourly, lead: 1000, revision: 'other' }],
])('follows a declaration that changed %s', async (_what, changed) => {
  await reconcile(about([hourly]))
  const before = Date.now()
  await reconcile(about([changed]))
  const { slot, tick } = await pending(changed)
  expect((await queue.getJob(tick))?.data.schedule).toEqual(changed)
  expect(slot).toBeGreaterThan(before)
  expect(await queue.getDelayedCount()).toBe(1)
})

it('follows a time zone', async () => {
  const daily = (timezone: string) => scheduled({ cron: '0 12 * * *', timezone })
  await reconcile(about([daily('UTC')]))
  const { slot } = await pending(daily('UTC'))
  await reconcile(about([daily('Asia/Kathmandu')]))
  const kathmandu = await pending(daily('Asia/Kathmandu'))
  expect(((kathmandu.slot ?? 0) - (slot ?? 0)) % 86_400_000).not.toBe(0)
})

it('takes the attempts of the declaration, so that two producers do not quarrel', async () => {
  const declared: Declared[] = [{ schedule: hourly, by: 'p', at: 1, attempts: 7 }]
  await reconcile(about([], { declared, attempts: 1, first: true }))
  expect((await pending()).template?.opts?.attempts).toBe(7)
  await reconcile(about([], { declared, attempts: 2 }))
  expect(repairs).toEqual([])
})

it("mends a tick's data and options that were edited, and says nothing at its start", async () => {
  await reconcile(about([hourly]))
  repairs.length = 0
  await queue.upsertJobScheduler(id, { every: HOUR.interval, offset: 3_599_750 }, { data: {} })
  await reconcile(about([hourly], { first: true }))
  expect(repairs).toEqual([])
  const data = (await queue.getJob((await pending()).tick))?.data
  expect(data).toEqual({ v: 1, kind: 'tick', schedule: hourly })
  const opts = { attempts: 3, removeOnComplete: true }
  await queue.upsertJobScheduler(id, { every: HOUR.interval, offset: 3_599_750 }, { data, opts })
  await reconcile(about([hourly]))
  expect(repairs).toEqual([`${id}: its ticks' data or options were others`])
})

it('places a tick anew that is gone', async () => {
  await reconcile(about([hourly]))
  repairs.length = 0
  const { tick } = await pending()
  await rounds.books.redis.zrem(queue.toKey('delayed'), tick)
  await rounds.books.redis.del(queue.toKey(tick))
  await reconcile(about([hourly]))
  expect(repairs).toEqual([`${id}: its next tick was gone, stuck or postponed`])
  expect(await queue.getDelayedCount()).toBe(1)
})

it('places a tick anew that was postponed, and not one that waits for a worker', async () => {
  const often = scheduled({ interval: 100, phase: 0 })
  await reconcile(about([often]))
  repairs.length = 0
  const { tick } = await pending(often)
  const slot = slotOf(tick, often) ?? 0
  await new Promise(resolve => setTimeout(resolve, slot + 2100 - Date.now()))
  await reconcile(about([often]))
  expect(repairs).toEqual([])
  await (await queue.getJob(tick))?.changeDelay(3_600_000)
  await reconcile(about([often]))
  expect(repairs).toEqual([`${id}: its next tick was gone, stuck or postponed`])
  await reconcile(about([often]))
  expect(repairs).toHaveLength(1)
})

it('tells of each schedule that is done', async () => {
  let steps = 0
  const all = [hourly, scheduled(HOUR, 'get-stats')]
  await reconcile(about(all, { stepped: () => (steps += 1) }))
  expect(steps).toBe(2)
})

it('gives every schedule its turn, though one cannot be read', async () => {
  const other = scheduled(HOUR, 'get-stats')
  await reconcile(about([hourly]))
  await rounds.books.redis.set(queue.toKey(`repeat:${id}`), 'no hash')
  await expect(reconcile(about([hourly, other]))).rejects.toThrow(`${id}: WRONGTYPE`)
  expect((await pending(other)).state).toBe('delayed')
})

it('takes away limits and a pause that came from outside', async () => {
  await queue.pause()
  await queue.setGlobalConcurrency(1)
  await queue.setGlobalRateLimit(1, 1000)
  await reconcile(about([]))
  expect(repairs).toHaveLength(3)
  expect(await queue.isPaused()).toBe(false)
  repairs.length = 0
  await reconcile(about([]))
  expect(repairs).toEqual([])
})

it('places nothing that was declared away since it was read', async () => {
  await reconcile(about([hourly], { isDeclared: async () => false }))
  expect(await queue.getJobSchedulers()).toEqual([])
  expect(repairs).toEqual([])
})

it('removes the schedulers that nobody declared', async () => {
  const other = scheduled(HOUR, 'get-stats')
  await reconcile(about([hourly, other]))
  await removeUndeclared(about([other]))
  expect((await queue.getJobSchedulers()).map(({ key }) => key)).toEqual([other.id])
  expect(await queue.getDelayedCount()).toBe(1)
})
