import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseDeclared } from '../../src/ledger/declared.ts'
import { type Deployment, deploy, every } from '../fixtures/deployment.ts'
import { calledSlots, closedUpTo } from '../fixtures/slots.ts'

let deployment: Deployment
beforeEach(async () => {
  deployment = await deploy({ schedules: [every(200)] })
})
afterEach(() => deployment.close())

const SCHEDULE = 'default/update-engine'
const called = () => calledSlots(deployment)

test('ticks and books go on after everything in Redis was lost', async () => {
  await deployment.producer()
  await deployment.worker()
  await deployment.nextRun()
  const { redis, prefix, keys } = deployment
  const all = await redis.keys(`${prefix}*`)
  const declared = deployment.next('declared')
  await redis.del(...all)
  await declared
  const since = Number(await redis.hget(keys.books(SCHEDULE), 'since'))
  const run = await deployment.nextRun(({ slot }) => (slot ?? 0) > since)
  await closedUpTo(deployment, run.slot ?? 0)
  const slots = called()
  expect(new Set(slots).size).toBe(slots.length)
  expect(await deployment.books()).toMatchObject({ from: since + 1, unaccounted: 0 })
})

test('the books of a schedule that were lost are opened again', async () => {
  await deployment.producer()
  await deployment.worker()
  await deployment.nextRun()
  // On a busy machine a tick may be late enough to be repaired before.
  const repaired = deployment.next('repaired', ({ what }) => what.includes('books'))
  await deployment.redis.del(deployment.keys.books(SCHEDULE))
  await repaired
  const [lost, quiet] = await deployment.redis.hmget(
    deployment.keys.books(SCHEDULE),
    'lost',
    'quiet',
  )
  // Until then no update is admitted: a worker may have a lease to put back.
  expect(Number(quiet)).toBeGreaterThanOrEqual(Number(lost) + 900)
  const run = await deployment.nextRun()
  await closedUpTo(deployment, run.slot ?? 0)
  expect(await deployment.books()).toMatchObject({ unaccounted: 0 })
})

test('a schedule whose declaration was lost, or replaced by an older one, is declared again', async () => {
  await deployment.producer('older')
  await deployment.producer('newer', { schedules: [every(500)] })
  const { redis, keys } = deployment
  const declared = async () => parseDeclared((await redis.hget(keys.schedules, SCHEDULE)) ?? '')
  const newest = { by: 'newer', schedule: { grid: { interval: 500 } } }
  await redis.hset(keys.schedules, SCHEDULE, 'garbage')
  await expect.poll(declared).toMatchObject(newest)
  // Mostly the older one comes first; it need not.
  await redis.multi().hset(keys.declaration, 'at', 1).hdel(keys.schedules, SCHEDULE).exec()
  await expect.poll(declared).toMatchObject(newest)
})
