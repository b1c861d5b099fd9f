import { Queue } from 'bullmq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { pause } from '../../src/ledger/pauses.ts'
import { deploy, every } from '../fixtures/deployment.ts'
import { startRedis } from '../fixtures/redis.ts'
import { closedUpTo } from '../fixtures/slots.ts'

const UPDATE = 'default/update-engine'
const STATS = 'default/get-stats'
const both = [every(500), every(500, 'get-stats')]

/** A deployment on a Redis that may lose everything. */
async function start(schedules = both) {
  const server = await startRedis()
  const deployment = await deploy({ schedules, redis: server.url })
  onTestFinished(async () => {
    await deployment.close()
    await server.stop()
  })
  return deployment
}

/** Does something between a producer's look at what stands and its repairs. */
function inTheNextRound(act: () => Promise<unknown>): Promise<void> {
  const original = Queue.prototype.isPaused
  return new Promise(resolve => {
    const spy = vi.spyOn(Queue.prototype, 'isPaused').mockImplementation(async function (
      this: Queue,
    ) {
      spy.mockRestore()
      await act()
      resolve()
      return original.call(this)
    })
  })
}

/** Resolves when every producer has had a round: the only one has seen what stands. */
async function looked() {
  for (let rounds = 0; rounds < 2; rounds += 1) await inTheNextRound(async () => 0)
}

test('a paused schedule is not called when everything is lost in the middle of a round', async () => {
  const { redis, keys, engine, producer, worker, nextRun } = await start()
  await producer()
  await worker()
  await nextRun(({ job }) => job === 'update-engine')
  const wish = { target: UPDATE, reason: 'r', by: 'me', via: 'command line' } as const
  await pause(redis, keys, wish)
  await nextRun(({ reason }) => reason === 'paused')
  await looked()
  const before = engine.count('/update-engine')
  await inTheNextRound(() => redis.flushall())
  const skipped = () => nextRun(({ reason }) => reason === 'paused')
  for (let slots = 0; slots < 6; slots += 1) await skipped()
  expect(engine.count('/update-engine')).toBe(before)
}, 60_000)

test('schedules come back when the producer that declared them is gone', async () => {
  const { redis, keys, producer, worker, nextRun, next } = await start()
  await producer('older')
  await worker()
  await (await producer('newer')).stop()
  await looked()
  const declared = next('declared')
  await redis.del(keys.schedules)
  await declared
  await nextRun(({ verdict }) => verdict === 'succeeded')
  expect(await redis.hget(keys.declaration, 'by')).toBe('newer')
})

test('an older producer does not bring back what was declared away', async () => {
  const { redis, keys, producer, nextRun, next, worker } = await start()
  await producer('older')
  const newer = await producer('newer', { schedules: [every(500, 'get-stats')], force: true })
  await worker()
  await nextRun()
  await newer.stop()
  await looked()
  const declared = next('declared')
  await redis.flushall()
  // A run that was claimed before succeeds before anything is declared again.
  await declared
  await nextRun(({ verdict }) => verdict === 'succeeded')
  expect(await redis.hkeys(keys.schedules)).toEqual([STATS])
  expect(await redis.exists(keys.books(UPDATE))).toBe(0)
})

test('a round puts nothing back that was declared away in the middle of it', async () => {
  const { redis, prefix, producer } = await start()
  await producer('older')
  await looked()
  const stats = [every(500, 'get-stats')]
  // Its scheduler is gone by then.
  await inTheNextRound(() => producer('newer', { schedules: stats, force: true }))
  await looked()
  expect(await redis.zrange(`${prefix}:calls:repeat`, '0', '-1')).toEqual([STATS])
})

test('the last slots of a schedule that was declared away have their verdicts', async () => {
  const deployment = await start()
  const { redis, keys, producer, worker, nextRun } = deployment
  await producer('older')
  const only = await worker()
  await nextRun(({ job }) => job === 'update-engine')
  await only.stop()
  const since = Date.now()
  await vi.waitUntil(() => Date.now() > since + 1000, { timeout: 5000 })
  await producer('newer', { schedules: [every(500, 'get-stats')], force: true })
  const [last] = JSON.parse((await redis.hget(keys.books(UPDATE), 'epochs')) ?? '[]')
  await closedUpTo(deployment, last.to)
  const books = await deployment.books()
  expect(books).toMatchObject({ running: 0, unaccounted: 0 })
  expect(books?.missed).toBeGreaterThan(0)
  await expect.poll(() => redis.exists(keys.removed)).toBe(0)
})
