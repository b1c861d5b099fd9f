import { Queue } from 'bullmq'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Deployment, deploy, every } from '../fixtures/deployment.ts'
import { calledSlots, closedUpTo } from '../fixtures/slots.ts'

let deployment: Deployment
beforeEach(async () => {
  deployment = await deploy({ schedules: [every(200)] })
})
afterEach(() => deployment.close())

const UPDATE = '/update-engine'
const SCHEDULE = 'default/update-engine'

const called = () => calledSlots(deployment)

test('six producers, two of them at once, make one call per slot', async () => {
  await deployment.worker()
  await Promise.all([deployment.producer('a'), deployment.producer('b')])
  for (const name of ['c', 'd', 'e', 'f']) await deployment.producer(name)
  await deployment.engine.waitFor(() => deployment.engine.count(UPDATE) >= 12)
  const slots = called()
  expect(new Set(slots).size).toBe(slots.length)
  expect(slots.every((slot, index) => index === 0 || slot - (slots[index - 1] ?? 0) === 200)).toBe(
    true,
  )
})

test('slots that nobody ran are missed, exactly those, and the books add up', async () => {
  await deployment.producer()
  const worker = await deployment.worker()
  await deployment.nextRun()
  await worker.stop()
  const before = called()
  const last = before.at(-1) ?? 0
  await closedUpTo(deployment, last + 37 * 200)
  await deployment.worker('second')
  const run = await deployment.nextRun(({ verdict }) => verdict === 'succeeded')
  await closedUpTo(deployment, run.slot ?? 0)
  const runs = await deployment.runs()
  const slots = new Set(called())
  const wrong = runs.filter(
    ({ slot, verdict }) => (verdict === 'succeeded') !== slots.has(slot ?? 0),
  )
  expect(wrong).toEqual([])
  const missed = runs.filter(({ verdict }) => verdict === 'missed').map(({ slot }) => slot)
  expect(missed.length).toBeGreaterThanOrEqual(37)
  expect(missed.length).toBe(((run.slot ?? 0) - last) / 200 - 1)
  expect(await deployment.books()).toMatchObject({ unaccounted: 0, missed: missed.length })
})

test('a long outage is one counted range', async () => {
  await deployment.producer()
  await deployment.worker()
  const { slot } = await deployment.nextRun()
  const { redis, keys } = deployment
  // As if the books had stood still for an hour.
  const from = (slot ?? 0) - 3_600_000
  const epochs = JSON.stringify([{ from, to: null, grid: { interval: 200, phase: 0 } }])
  await redis.hset(keys.books(SCHEDULE), { closed: from, since: from, epochs, due: 0 })
  await closedUpTo(deployment, (slot ?? 0) - 200)
  const runs = await deployment.runs()
  const [range] = runs.filter(({ count }) => count !== undefined)
  expect(range).toMatchObject({ verdict: 'missed', slot: from + 200 })
  expect(range?.count).toBe(((range?.to ?? 0) - from) / 200)
  expect(range?.count).toBeGreaterThan(17_000)
  expect(await deployment.books()).toMatchObject({ unaccounted: 0 })
})

test('a changed interval takes effect on its grid, without an extra call', async () => {
  await deployment.worker()
  const first = await deployment.producer('first')
  await deployment.nextRun()
  await first.stop()
  await deployment.producer('second', { schedules: [every(500)] })
  const before = called()
  const run = await deployment.nextRun(({ slot }) => (slot ?? 0) % 1000 === 500)
  await deployment.nextRun()
  await closedUpTo(deployment, run.slot ?? 0)
  const after = called().slice(before.length)
  const onNewGrid = after.filter(slot => slot % 500 === 0)
  expect(after.length - onNewGrid.length).toBeLessThanOrEqual(2)
  for (const [index, slot] of onNewGrid.entries()) {
    if (index > 1) expect(slot - (onNewGrid[index - 1] ?? 0)).toBe(500)
  }
  expect(await deployment.books()).toMatchObject({ unaccounted: 0 })
})

test('a schedule that is configured no more is removed with its ticks', async () => {
  const first = await deployment.producer('first')
  await first.stop()
  await deployment.producer('second', { schedules: [every(500, 'get-stats')] })
  const queue = new Queue('calls', { connection: deployment.redis, prefix: deployment.prefix })
  const ids = (await queue.getJobSchedulers()).map(({ key }) => key)
  expect(ids).toEqual(['default/get-stats'])
  expect(await queue.getDelayedCount()).toBe(1)
  expect(await deployment.redis.pttl(deployment.keys.books(SCHEDULE))).toBeGreaterThan(0)
})

test('an older producer leaves the newer declaration alone', async () => {
  const older = await deployment.producer('older')
  await deployment.producer('newer', { schedules: [every(500)] })
  const said = deployment.next('declaration-superseded')
  await older.register()
  expect(await said).toMatchObject({ by: 'newer' })
  const declared = await deployment.redis.hget(deployment.keys.schedules, SCHEDULE)
  expect(JSON.parse(declared ?? '').schedule.grid.interval).toBe(500)
})

test.each([
  [
    'its scheduler was removed',
    async (queue: Queue) => void (await queue.removeJobScheduler(SCHEDULE)),
  ],
  [
    'its interval was edited',
    (queue: Queue) => queue.upsertJobScheduler(SCHEDULE, { every: 60_000 }),
  ],
  ['the queue was paused', (queue: Queue) => queue.pause()],
  ['the queue was obliterated', (queue: Queue) => queue.obliterate({ force: true })],
  ['a global concurrency was set', (queue: Queue) => queue.setGlobalConcurrency(1)],
  [
    'its pending tick was lost',
    async (_queue: Queue) => {
      const { redis, prefix } = deployment
      const [tick] = await redis.zrangebyscore(`${prefix}:calls:delayed`, '-inf', '+inf')
      await redis.del(`${prefix}:calls:${tick}`)
      await redis.del(`${prefix}:calls:delayed`)
    },
  ],
])('ticks go on by themselves after %s', async (_what, harm) => {
  await deployment.producer()
  await deployment.worker()
  await deployment.nextRun()
  const queue = new Queue('calls', { connection: deployment.redis, prefix: deployment.prefix })
  const repaired = deployment.next('repaired')
  await harm(queue)
  await repaired
  await deployment.nextRun(
    ({ verdict, slot, at }) => verdict === 'succeeded' && at - (slot ?? 0) < 100,
  )
  const slots = called()
  expect(new Set(slots).size).toBe(slots.length)
})
