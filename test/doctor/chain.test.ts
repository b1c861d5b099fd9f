import { afterEach, beforeEach, expect, it } from 'vitest'
import { CallsQueue } from '../../src/dashboard/queues/calls-queue.ts'
import { declarations } from '../../src/doctor/declarations.ts'
import { keys } from '../../src/doctor/keys.ts'
import { processes } from '../../src/doctor/processes.ts'
import { queue } from '../../src/doctor/queue.ts'
import { type Deployment, deploy, every } from '../fixtures/deployment.ts'
import { examinedOf, levels, lines } from '../fixtures/doctor.ts'

const id = 'default/update-engine'
const HOUR = 3_600_000

let deployment: Deployment
beforeEach(async () => {
  // No slot comes while a test lasts.
  const phase = (Date.now() + HOUR / 2) % HOUR
  deployment = await deploy({ schedules: [every(HOUR, 'update-engine', phase)] })
})
afterEach(() => deployment.close())

/** Declared and placed, with nobody left who would repair it. */
async function declared() {
  const producer = await deployment.producer()
  await producer.stop()
  return examinedOf(deployment)
}

it('is content with what a producer has declared', async () => {
  const subject = await declared()
  expect(lines(await declarations(subject))).toEqual(['ok declared: 1 schedule'])
  expect(lines(await queue(subject))).toEqual(['ok queue: a next tick for each of 1 schedule'])
  expect(levels(await keys(subject))).toEqual(['ok keys'])
})

it('says that nothing is declared', async () => {
  const subject = examinedOf(deployment)
  const empty = `warning declared: nothing, under ${deployment.prefix}`
  expect(lines(await declarations(subject))).toEqual([empty])
  expect(await queue(subject)).toEqual([])
})

it('finds schedules that differ, are missing or too many', async () => {
  await declared()
  const change = { schedules: [every(30_000), every(60_000, 'get-stats')] }
  const [missing, different] = lines(await declarations(examinedOf(deployment, change)))
  expect(missing).toBe(
    'warning declared: default/get-stats is configured here, and nobody has declared it',
  )
  expect(different).toMatch(
    /^warning .*update-engine was declared by \S+ with other settings: every 1 h, .*; here every 30 s/,
  )
  const extra = examinedOf(deployment, { schedules: [every(60_000, 'get-stats')] })
  expect(lines(await declarations(extra))).toContainEqual(
    expect.stringMatching(
      /^warning declared: default\/update-engine, declared by .*not configured/,
    ),
  )
})

it('finds garbage among what is declared', async () => {
  const subject = await declared()
  await subject.redis.hset(subject.keys.schedules, 'x/y', '{"v":9}')
  expect(lines(await declarations(subject))[0]).toMatch(
    /^warning declared: 1 entries of .*garbage$/,
  )
})

it('finds a scheduler that is gone, and who would repair it', async () => {
  const subject = await declared()
  await subject.redis.del(`${deployment.prefix}:calls:repeat:${id}`)
  const [gone] = await queue(subject)
  expect(gone).toMatchObject({ level: 'failure', advice: 'start a producer: it repairs this' })
  const presence = { part: 'producer', name: 'p', version: '1', since: 0, seen: Date.now() }
  await subject.redis.hset(subject.keys.processes, 'producer:p', JSON.stringify(presence))
  expect(await queue(subject)).toMatchObject([{ level: 'warning' }])
})

it('finds a tick that is gone', async () => {
  const subject = await declared()
  await subject.redis.del(`${deployment.prefix}:calls:delayed`)
  const { redis } = subject
  for (const key of await redis.keys(`${deployment.prefix}:calls:repeat:${id}:*`))
    await redis.del(key)
  expect(lines(await queue(subject))).toEqual([
    `failure queue: ${id}: its next tick is gone, stuck or postponed`,
  ])
})

it('finds a queue that is paused or limited from outside', async () => {
  const subject = await declared()
  const { redis } = subject
  const calls = new CallsQueue({ redis, prefix: deployment.prefix })
  await calls.pause()
  await calls.setGlobalConcurrency(1)
  await calls.setGlobalRateLimit(1, 1000)
  await calls.close()
  expect(lines(await queue(subject))).toEqual([
    'failure queue: the queue is paused from outside: no calls are made',
    'failure queue: the queue has a global concurrency of 1 from outside',
    'failure queue: the queue has a rate limit from outside',
  ])
})

it('finds nobody at work, one of another version, one with a wrong clock, and one gone', async () => {
  const subject = examinedOf(deployment)
  expect(lines(await processes(subject))).toEqual([
    'warning processes: no producer is alive: missed slots stay unnoticed',
    'warning processes: no worker is alive: no calls are made',
  ])
  await deployment.producer()
  await deployment.worker('w1')
  const now = Date.now()
  const lost = { part: 'worker', name: 'w2', version: '1', since: now, seen: now - 20_000 }
  const fast = { part: 'worker', name: 'w3', version: '0.0.1', since: now, seen: now, clock: 3000 }
  const tokens = [{ engine: 'e', at: null, life: null, refused: { reason: 'x', retryAt: 1 } }]
  const all = { 'worker:w2': lost, 'worker:w3': { ...fast, dryRun: true, tokens } }
  for (const [name, presence] of Object.entries(all)) {
    await subject.redis.hset(subject.keys.processes, name, JSON.stringify(presence))
  }
  await expect.poll(() => subject.redis.hlen(subject.keys.processes)).toBe(4)
  const found = lines(await processes(subject))
  expect(found.shift()).toMatch(/^warning processes: worker w2 was last heard of 2\d(\.\d)? s ago$/)
  expect(found.map(line => line.replace(/, this is .*/, ''))).toEqual([
    'warning processes: producer producer is version test',
    'warning processes: worker w1 is version test',
    'warning processes: worker w3 is version 0.0.1',
    'warning processes: the clock of worker w3 is 3 s ahead of that of Redis',
    'warning processes: worker w3 makes no calls (--dry-run), and takes slots all the same',
    'warning processes: worker w3 cannot log in to e: x',
  ])
})

it('finds keys that are none of ours', async () => {
  const subject = await declared()
  await subject.redis.set(`${deployment.prefix}:visitors`, '1')
  expect(lines(await keys(subject))).toEqual([
    `warning keys: 1 keys under ${deployment.prefix} are none of ours: ${deployment.prefix}:visitors`,
  ])
})
