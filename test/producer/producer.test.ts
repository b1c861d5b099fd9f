import { Queue } from 'bullmq'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
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
  // A process that is kept waiting for as long as an interval misses a slot.
  const change = { schedules: [every(1000)] }
  await deployment.worker()
  await Promise.all(['a', 'b'].map(name => deployment.producer(name, change)))
  for (const name of ['c', 'd', 'e', 'f']) await deployment.producer(name, change)
  await deployment.engine.waitFor(() => deployment.engine.count(UPDATE) >= 6, 15_000)
  const slots = called()
  expect(slots).toEqual(slots.map((_, index) => (slots[0] ?? 0) + index * 1000))
})

test('slots that nobody ran are missed, exactly those, and the books add up', async () => {
  const producer = await deployment.producer()
  const worker = await deployment.worker()
  await deployment.nextRun(({ verdict }) => verdict === 'succeeded')
  await worker.stop()
  const last = called().at(-1) ?? 0
  await closedUpTo(deployment, last + 37 * 200)
  const second = await deployment.worker('second')
  const run = await deployment.nextRun(({ verdict }) => verdict === 'succeeded')
  const next = run.slot ?? 0
  await closedUpTo(deployment, next)
  // Nothing more is closed between two looks.
  await second.stop()
  await producer.stop()
  const runs = await deployment.runs()
  const slots = new Set(called())
  const wrong = runs.filter(
    ({ slot, verdict }) => (verdict === 'succeeded') !== slots.has(slot ?? 0),
  )
  expect(wrong).toEqual([])
  const missed = runs.flatMap(({ verdict, slot }) => (verdict === 'missed' ? [slot ?? 0] : []))
  // A busy machine may miss some before and after, too.
  const between = missed.filter(slot => slot > last && slot < next)
  expect(between.length).toBeGreaterThanOrEqual(37)
  expect(between.length).toBe((next - last) / 200 - 1)
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
    // More than one interval where a busy machine missed a slot.
    if (index > 1) expect(slot - (onNewGrid[index - 1] ?? 0)).toBeGreaterThanOrEqual(500)
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
  const said = deployment.next('declaration-superseded')
  await deployment.producer('newer', { schedules: [every(500)] })
  expect(await older.register()).toEqual({ how: 'superseded' })
  const differences = [`${SCHEDULE} every 0.2 s, not every 0.5 s`]
  expect(await said).toMatchObject({ by: 'newer', differences })
  const declared = await deployment.redis.hget(deployment.keys.schedules, SCHEDULE)
  expect(JSON.parse(declared ?? '').schedule.grid.interval).toBe(500)
})

/** Resolves when the producer has just seen that the queue is not paused: it looks again 2 s later. */
function looked(): Promise<void> {
  const original = Queue.prototype.getGlobalConcurrency
  return new Promise(resolve => {
    const spy = vi
      .spyOn(Queue.prototype, 'getGlobalConcurrency')
      .mockImplementation(async function (this: Queue) {
        spy.mockRestore()
        resolve()
        return original.call(this)
      })
  })
}

/** Between a look and the harm a worker could claim the tick. */
const LOSE_TICK = `
local tick = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
return tick and redis.call('DEL', KEYS[1], ARGV[1] .. tick) or 0
`

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
  [
    'the queue was obliterated',
    async (queue: Queue) => {
      // Which pauses it first, and fails when the producer resumes it in between.
      await looked()
      await queue.obliterate({ force: true })
    },
  ],
  ['a global concurrency was set', (queue: Queue) => queue.setGlobalConcurrency(1)],
  [
    'its pending tick was lost',
    async (_queue: Queue) => {
      const { redis, prefix } = deployment
      const lose = () => redis.eval(LOSE_TICK, 1, `${prefix}:calls:delayed`, `${prefix}:calls:`)
      await expect.poll(lose).toBe(2)
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
