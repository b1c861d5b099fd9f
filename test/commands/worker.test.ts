import { setTimeout as sleep } from 'node:timers/promises'
import { describe, type TestContext, test } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { QUEUE } from '../../src/jobs.ts'
import { createRedis } from '../../src/redis.ts'
import { answer, delay, hang } from '../fixtures/behaviours.ts'
import { workplace } from '../fixtures/cli.ts'
import { startEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'
import { startRedis } from '../fixtures/redis.ts'

/** Until a worker has started and called: a guard against hanging alone, ms. */
const LIMIT = 60_000
const UPDATES = '--jobs=update-engine'

/** An engine, with schedules that were registered by a producer which has ended. */
async function setup(t: TestContext, args: string[] = [], more: Record<string, string> = {}) {
  const engine = await startEngine()
  t.onTestFinished(() => engine.close())
  const place = await workplace(t)
  const env = environmentFor(engine, more)
  const { code } = await place.run(['producer', '--once', UPDATES, ...args], env)
  t.expect(code).toBe(0)
  const worker = (...flags: string[]) => place.start(['worker', ...args, ...flags], env)
  return { engine, place, env, worker }
}

/** Resolves with the name of the worker that holds a tick which came after `since`, epoch ms. */
async function tickHeld(
  t: TestContext,
  { REDIS_URL: url, SCHEDULER_PREFIX: prefix }: object & Record<string, string>,
  since: number,
): Promise<string | null> {
  const redis = createRedis({ url: url ?? '', ca: null }, 'test', createEvents())
  t.onTestFinished(() => redis.disconnect())
  for (;;) {
    const held = await redis.lrange(`${prefix}:${QUEUE}:active`, 0, -1)
    const tick = held.find(id => Number(id.split(':').at(-1)) > since)
    if (tick !== undefined) return redis.hget(`${prefix}:${QUEUE}:${tick}`, 'pb')
    await sleep(10)
  }
}

describe.concurrent('a worker', () => {
  test('writes one JSON line for each run', async t => {
    const { engine, worker } = await setup(t, ['--interval', '1', '--backoff', '10ms'])
    const refused = new Set<unknown>()
    engine.behave('/update-engine', exchange => {
      const key = exchange.request.headers['idempotency-key']
      if (refused.has(key)) return exchange.next()
      refused.add(key)
      return answer(429)(exchange)
    })
    // The first one is late, for its worker was.
    const process = worker('--worker-name', 'w1')
    const { timestamp, ...line } = await process.event('run', run => run.verdict === 'succeeded')
    t.expect(line).toMatchObject({
      level: 'info',
      event: 'run',
      schedule: 'default/update-engine',
      engine: 'default',
      job: 'update-engine',
      slot: t.expect.any(Number),
      verdict: 'succeeded',
      reason: null,
      attempts: 2,
      latenessMs: t.expect.any(Number),
      durationMs: t.expect.any(Number),
      status: 200,
      worker: 'w1',
    })
    t.expect(Number(line.slot) % 1000).toBe(0)
    t.expect(Date.parse(String(timestamp))).toBeGreaterThan(Number(line.slot))
  })

  test('finishes the call in flight when it is told to stop', async t => {
    const { engine, worker } = await setup(t, ['--interval', '1'])
    engine.behave('/update-engine', delay(600))
    const process = worker()
    await engine.waitFor(() => engine.inFlight('/update-engine') === 1, LIMIT)
    const { code } = await process.end('SIGTERM')
    t.expect([code, process.stderr()]).toEqual([0, ''])
    t.expect(engine.arrivals.find(({ path }) => path === '/update-engine')?.aborted).toBe(false)
    await process.event('run', run => run.verdict === 'succeeded')
  })

  test('gives back what it holds, for another worker to make the call in time', async t => {
    const { env, worker } = await setup(t, ['--interval', '10', '--lead', '5'])
    const names = ['w1', 'w2']
    const workers = names.map(name => worker('--worker-name', name))
    for (const each of workers) await each.event('started')
    // Before both were there a tick may have waited, and has less than its lead left.
    const holder = names.indexOf(`${await tickHeld(t, env, Date.now())}`)
    const [first] = workers.splice(holder, 1)
    const [second] = workers
    t.expect(await first?.end('SIGINT')).toMatchObject({ code: 0 })
    const back = await first?.event('gave-back')
    const run = await second?.event('run', run => run.slot === back?.slot)
    t.expect(run).toMatchObject({ verdict: 'succeeded' })
    // Of a tick that nobody gave back it would be 15 s: so long its lock holds.
    t.expect(run?.latenessMs).toBeLessThan(5000)
  })

  test('takes a Ctrl-C that arrives twice, as under npm, for one', async t => {
    const { engine, worker } = await setup(t, ['--interval', '1'])
    engine.behave('/update-engine', delay(1000), 1)
    const process = worker()
    await engine.waitFor(() => engine.inFlight('/update-engine') === 1, LIMIT)
    process.kill('SIGINT')
    t.expect(await process.end('SIGINT')).toMatchObject({ code: 0 })
    await process.event('run', run => run.verdict === 'succeeded')
  })

  test('ends at once at the second signal', async t => {
    const { engine, worker } = await setup(t)
    engine.behave('/update-engine', hang)
    const process = worker()
    await engine.waitFor(() => engine.inFlight('/update-engine') === 1, LIMIT)
    process.kill('SIGINT')
    const { code, took } = await process.end('SIGTERM')
    t.expect([130, 143]).toContain(code)
    // It has 25 s for its last call otherwise.
    t.expect(took).toBeLessThan(20_000)
  })

  test('gives a call up when the time for its end is over', async t => {
    const { engine, worker } = await setup(t, ['--shutdown-timeout', '0.3'])
    engine.behave('/update-engine', hang)
    const process = worker()
    await engine.waitFor(() => engine.inFlight('/update-engine') === 1, LIMIT)
    const { code, took } = await process.end('SIGTERM')
    t.expect(code).toBe(0)
    t.expect(took).toBeLessThan(20_000)
    // On a busy machine the slots before this call may have come too early for the new process.
    await process.event('run', run => run.verdict === 'unknown')
  })

  test('calls at the times of a cron pattern, and never before', async t => {
    const { engine, worker } = await setup(t, ['--update-cron', '*/2 * * * * *'])
    const process = worker()
    const begin = Date.parse(String((await process.event('started')).timestamp))
    // A tick that waited for the worker is none of a time that the worker could keep.
    const calls = () =>
      engine.arrivals
        .filter(({ path }) => path === '/update-engine')
        .map(({ at, headers }) => {
          return { at, slot: Number(String(headers['idempotency-key']).split('@')[1]) }
        })
        .filter(({ slot }) => slot > begin)
    await engine.waitFor(() => calls().length >= 3, LIMIT)
    const [one = { at: 0, slot: 0 }, two, three] = calls()
    t.expect(one.slot % 2000).toBe(0)
    t.expect([two?.slot, three?.slot]).toEqual([one.slot + 2000, one.slot + 4000])
    for (const { at, slot } of calls()) t.expect(at).toBeGreaterThanOrEqual(slot)
  })

  test('passes on what BullMQ has to say of the eviction policy', async t => {
    const redis = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] })
    t.onTestFinished(() => redis.stop())
    const { worker } = await setup(t, [], { REDIS_URL: redis.url })
    const process = worker()
    const warned = await process.event('warning', line => /eviction policy/i.test(line.message))
    t.expect(warned.level).toBe('warn')
    t.expect(process.stderr()).toBe('')
  })
})
