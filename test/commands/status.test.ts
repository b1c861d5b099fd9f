import { afterEach, beforeEach, expect, it } from 'vitest'
import { status } from '../../src/commands/status.ts'
import { createEvents } from '../../src/events.ts'
import { createRedis } from '../../src/redis.ts'
import { hang } from '../fixtures/behaviours.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { commandContext } from '../fixtures/context.ts'
import { deploy, every } from '../fixtures/deployment.ts'
import { startRedis } from '../fixtures/redis.ts'

const schedule = 'default/update-engine'
let now = 0

let books: TestBooks
beforeEach(() => {
  now = Date.now()
  books = openBooks()
})
afterEach(() => books.quit())

async function printed(argv: Record<string, unknown> = {}, prefix = books.prefix) {
  const context = commandContext({ prefix, argv })
  return { ...context, code: await status(context) }
}

async function objects(type: string, prefix?: string) {
  const { objects } = await printed({ json: true }, prefix)
  return objects().filter(line => line.type === type)
}

function present(part: 'producer' | 'worker', seen = Date.now(), name = `${part} 1`) {
  const presence = { part, name, version: '1.2.3', since: now - 60_000, seen, busy: 2, runs: 99 }
  return books.redis.hset(books.keys.processes, `${part}:${name}`, JSON.stringify(presence))
}

it('is content with a system that works', async () => {
  // So far apart that no slot comes due while the call of the one before is under way.
  const deployment = await deploy({ schedules: [every(5000)] })
  await deployment.producer()
  await deployment.worker()
  await deployment.nextRun(({ verdict }) => verdict === 'succeeded')
  const { code, output } = await printed({}, deployment.prefix)
  const [line] = await objects('schedule', deployment.prefix)
  await deployment.close()
  expect(output()).toMatch(/^default\/update-engine +every 5 s +in [\d.]+ m?s +succeeded .* ago /m)
  expect(output()).toMatch(/^producer +producer +test +.* ago$/m)
  expect(output()).toMatch(/^worker +worker +test +.* ago$/m)
  expect(output()).toMatch(/^Redis {2}redis:\/\/127\.0\.0\.1:\d+, 7\.0\.15, .* MiB, AOF on, noev/m)
  expect(output()).not.toContain('!')
  expect(code).toBe(0)
  expect(line).toMatchObject({ schedule, lastVerdict: 'succeeded', successRate: 1, paused: [] })
})

it('shows a call in flight, who makes it and since when', async () => {
  const deployment = await deploy({
    schedules: [every(500)],
    timing: { shutdownTimeout: 100 },
  })
  deployment.engine.behave('/update-engine', hang)
  // The only slot there is: the worker is there before it.
  await deployment.worker('w7')
  await deployment.producer()
  await deployment.engine.waitFor(() => deployment.engine.inFlight('/update-engine') === 1)
  const [line] = await objects('schedule', deployment.prefix)
  await deployment.close()
  expect(line.inFlight).toMatchObject({
    ...{ worker: 'w7', settling: false, fence: expect.any(Number), key: expect.any(Number) },
  })
  expect(line.inFlight.since).toBeGreaterThanOrEqual(line.inFlight.key)
  expect(line.inFlight.until).toBeGreaterThan(Date.now())
})

it('warns when nobody is there, and of an empty Redis', async () => {
  const { code, output } = await printed()
  expect(code).toBe(3)
  expect(output().split('\n').slice(0, 3)).toEqual([
    '! nothing is declared in this Redis',
    '! no producer is alive: missed slots stay unnoticed',
    '! no worker is alive: no calls are made',
  ])
})

it('marks a process that is gone', async () => {
  await books.declare()
  await present('producer')
  await present('worker', Date.now() - 20_000)
  const { code, output } = await printed()
  expect(code).toBe(3)
  expect(output()).toMatch(/^worker +worker 1 +1\.2\.3 .* 2 +99 +gone, 2\d(\.\d)? s ago$/m)
  expect((await objects('process')).map(({ part, gone }) => [part, gone])).toEqual([
    ['producer', false],
    ['worker', true],
  ])
  await present('worker')
  expect((await printed()).code).toBe(0)
})

it('sums up the last 120 runs, those skipped while paused apart', async () => {
  await books.declare(schedule, now - 1e6)
  for (let index = 1; index <= 150; index++) {
    const late = index <= 30 ? 5000 : index - 30
    await books.record({ slot: now - 500_000 + index, latenessMs: late })
  }
  await books.record({ slot: now - 2, verdict: 'failed', latenessMs: null })
  await books.record({ slot: now - 1, verdict: 'skipped', reason: 'paused', latenessMs: null })
  const [line] = await objects('schedule')
  expect(line).toMatchObject({ recentRuns: 120, latenessP50Ms: 61, latenessP99Ms: 119 })
  expect(line.successRate).toBeCloseTo(118 / 119)
})

it.each(['failed', 'unknown', 'missed'] as const)('wants a look after a %s slot', async verdict => {
  await books.declare()
  await present('producer')
  await present('worker')
  await books.record({ slot: now, verdict, reason: 'time-out' })
  const { code, output } = await printed()
  expect(code).toBe(3)
  expect(output()).toContain(`! ${schedule}: the last slot ended ${verdict} (time-out)\n`)
  const pause = { reason: 'a gas spike', since: now, by: 'me@here' }
  await books.redis.hset(books.keys.paused, 'default', JSON.stringify(pause))
  const paused = await printed()
  expect(paused.code).toBe(0)
  expect(paused.output()).toMatch(
    /^default\/update-engine has been paused with its engine default since .* by me@here: a gas spike$/m,
  )
  expect((await objects('schedule'))[0].paused).toEqual([{ target: 'default', ...pause }])
})

it('shows that an engine may still be executing a call that was given up', async () => {
  await books.declare()
  const lease = { token: 't', worker: 'w1', key: now - 5000, fence: 9 }
  await books.redis.hset(books.keys.lease(schedule), lease)
  await books.redis.pexpire(books.keys.lease(schedule), 30_000)
  expect((await objects('schedule'))[0].inFlight).toMatchObject({ settling: true, since: null })
  expect((await printed()).output()).toMatch(/ is kept free for (30|[12]\d(\.\d)?) s$/m)
})

it('warns of a Redis that may evict keys, and shows no password of it', async () => {
  const redis = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] })
  const lock = createRedis({ url: redis.url, ca: null }, 'test', createEvents())
  await lock.config('SET', 'requirepass', 'hush-hush')
  await lock.quit()
  const url = `redis://:hush-hush@127.0.0.1:${redis.port}`
  const context = commandContext({ prefix: '{x}', redis: url })
  const code = await status(context)
  await redis.stop()
  expect(code).toBe(3)
  expect(context.output()).toMatch(/^! Redis may evict keys \(maxmemory-policy allkeys-lru\)/m)
  expect(context.output()).toContain(`redis://127.0.0.1:${redis.port},`)
  expect(context.raw()).not.toContain('hush-hush')
})

it('prints no control character that stands in Redis', async () => {
  await books.declare()
  await present('worker', now, 'w\u001b[2J\u009b')
  await books.redis.hset(
    books.keys.paused,
    'default',
    '{"reason":"\\u001b[2J","since":1,"by":"\\n"}',
  )
  for (const json of [true, false]) {
    const { unpainted } = await printed({ json })
    expect(unpainted()).toMatch(/^[\P{Cc}\n]+$/u)
  }
})
