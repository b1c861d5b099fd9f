import { setTimeout as sleep } from 'node:timers/promises'
import { describe, type TestContext, test } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { QUEUE } from '../../src/jobs.ts'
import { createRedis } from '../../src/redis.ts'
import { delay, hang, unavailable } from '../fixtures/behaviours.ts'
import { workplace } from '../fixtures/cli.ts'
import { startEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'
import { startRedis } from '../fixtures/redis.ts'

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

/** Resolves when a worker holds a tick whose slot is at least `ahead` ms away. */
async function tickHeld(
  t: TestContext,
  { REDIS_URL: url, SCHEDULER_PREFIX: prefix }: object & Record<string, string>,
  { lead, ahead }: { lead: number; ahead: number },
) {
  const redis = createRedis({ url: url ?? '', ca: null }, 'test', createEvents())
  t.onTestFinished(() => redis.disconnect())
  const slots = async () =>
    (await redis.lrange(`${prefix}:${QUEUE}:active`, 0, -1)).map(
      tick => Number(tick.split(':').at(-1)) + lead,
    )
  while (!(await slots()).some(slot => slot >= Date.now() + ahead)) await sleep(10)
}

describe.concurrent('a worker', () => {
  test('writes one JSON line for each run', async t => {
    const { engine, worker } = await setup(t, ['--interval', '1', '--backoff', '10ms'])
    const refused = new Set<unknown>()
    engine.behave('/update-engine', exchange => {
      const key = exchange.request.headers['idempotency-key']
      if (refused.has(key)) return exchange.next()
      refused.add(key)
      return unavailable()(exchange)
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
    await engine.waitFor(() => engine.inFlight('/update-engine') === 1)
    const { code } = await process.end('SIGTERM')
    t.expect([code, process.stderr()]).toEqual([0, ''])
    t.expect(engine.arrivals.find(({ path }) => path === '/update-engine')?.aborted).toBe(false)
    await process.event('run', run => run.verdict === 'succeeded')
  })

  test('gives back what it holds, for another worker to make the call in time', async t => {
    const { env, worker } = await setup(t, ['--interval', '20', '--lead', '10'])
    const first = worker()
    await first.event('started')
    // Time enough for another one to start before the slot.
    await tickHeld(t, env, { lead: 10_000, ahead: 8000 })
    const second = worker()
    await second.event('started')
    t.expect(await first.end('SIGINT')).toMatchObject({ code: 0 })
    const { slot } = await first.event('gave-back')
    const run = await second.event('run')
    t.expect(run).toMatchObject({ slot, verdict: 'succeeded' })
    t.expect(run.latenessMs).toBeLessThan(5000)
  })

  test('takes a Ctrl-C that arrives twice, as under npm, for one', async t => {
    const { engine, worker } = await setup(t, ['--interval', '1'])
    engine.behave('/update-engine', delay(1000), 1)
    const process = worker()
    await engine.waitFor(() => engine.inFlight('/update-engine') === 1)
    process.kill('SIGINT')
    t.expect(await process.end('SIGINT')).toMatchObject({ code: 0 })
    await process.event('run', run => run.verdict === 'succeeded')
  })

  test('ends at once at the second signal', async t => {
    const { engine, worker } = await setup(t)
    engine.behave('/update-engine', hang)
    const process = worker()
    await engine.waitFor(() => engine.inFlight('/update-engine') === 1)
    process.kill('SIGINT')
    const { code, took } = await process.end('SIGTERM')
    t.expect([130, 143]).toContain(code)
    // The call may last for 30 s, and a worker that is told once waits for it up to 25 s.
    t.expect(took).toBeLessThan(15_000)
  })

  test('gives a call up when the time for its end is over', async t => {
    const { engine, worker } = await setup(t, ['--shutdown-timeout', '0.3'])
    engine.behave('/update-engine', hang)
    const process = worker()
    await engine.waitFor(() => engine.inFlight('/update-engine') === 1)
    const { code, took } = await process.end('SIGTERM')
    t.expect(code).toBe(0)
    t.expect(took).toBeLessThan(15_000)
    // On a busy machine the slots before this call may have come too early for the new process.
    await process.event('run', run => run.verdict === 'unknown')
  })

  test('calls at the times of a cron pattern, and never before', async t => {
    const { engine, worker } = await setup(t, ['--update-cron', '*/2 * * * * *'])
    const process = worker()
    const begin = Date.parse(String((await process.event('started')).timestamp))
    // A tick that waited for the worker is late, however soon it takes it up.
    const calls = () =>
      engine.arrivals.filter(({ path, headers }) => {
        const slot = Number(String(headers['idempotency-key']).split('@')[1])
        return path === '/update-engine' && slot > begin
      })
    await engine.waitFor(() => calls().length >= 3)
    const seconds = calls().map(({ at }) => at / 1000)
    for (const at of seconds) t.expect(Math.floor(at) % 2).toBe(0)
    const whole = seconds.map(Math.floor)
    t.expect(whole.slice(1).map((at, index) => at - (whole[index] ?? 0))).toEqual([2, 2])
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
