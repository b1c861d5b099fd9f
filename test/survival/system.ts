import { onTestFinished, type TestContext } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { audit } from '../../src/ledger/audit.ts'
import { keysOf } from '../../src/ledger/keys.ts'
import { parseRun } from '../../src/ledger/ledger.ts'
import type { Run } from '../../src/ledger/run.ts'
import { createRedis, type RedisTarget } from '../../src/redis.ts'
import { type CliProcess, workplace } from '../fixtures/cli.ts'
import { livingBy, type TestClock } from '../fixtures/clock.ts'
import { type EngineOptions, startEngine } from '../fixtures/engine.ts'
import { startRedis, type TestRedis } from '../fixtures/redis.ts'

export const UPDATE = 'default/update-engine'
export const STATS = 'default/get-stats'
const PATHS: Record<string, string> = { [UPDATE]: '/update-engine', [STATS]: '/stats' }

export interface SystemOptions {
  /** Settings of every process, by environment variable. */
  env?: Record<string, string>
  /** How to start one, or one that runs. */
  redis?: { args?: string[]; port?: number } | RedisTarget
  engine?: EngineOptions
  workers?: number
  producers?: number
  /** Whose time of day is not the true one. */
  clocks?: { redis?: TestClock; worker?: TestClock; producer?: TestClock }
}

export type System = Awaited<ReturnType<typeof startSystem>>

/** Where what was opened leaves how to close it: the end of the test, or a list of one's own. */
export type AtEnd = (close: () => Promise<void>) => void

/**
 * A whole deployment of real processes: the built command line, a redis-server, an engine that
 * records what arrives. Everything in it ends with the test, or `atEnd`.
 */
export async function startSystem(options: SystemOptions = {}, atEnd: AtEnd = onTestFinished) {
  const own =
    options.redis !== undefined && 'url' in options.redis ? null : await ownRedis(options, atEnd)
  const target = own === null ? (options.redis as RedisTarget) : { url: own.url, ca: null }
  const engine = await startEngine(options.engine)
  atEnd(() => engine.close())
  const place = await workplace({ onTestFinished: atEnd as TestContext['onTestFinished'] })
  const events = createEvents()
  const redis = createRedis(target, 'test', events)
  atEnd(async () => redis.disconnect())
  const keys = keysOf('{hft-scheduler}')
  const env = {
    REDIS_URL: target.url,
    SCHEDULER_ENGINEAPI_HOST: '127.0.0.1',
    SCHEDULER_ENGINEAPI_PORT: String(engine.port),
    SCHEDULER_ENGINEAPI_USERNAME: engine.username,
    SCHEDULER_ENGINEAPI_PASSWORD: engine.password,
    SCHEDULER_INTERVAL: '0.5',
    SCHEDULER_JOBS: 'update-engine',
    SCHEDULER_TIMEOUT: '1',
    SCHEDULER_SETTLE: '1',
    SCHEDULER_LOG_FORMAT: 'json',
    ...options.env,
  }
  let named = 0
  const process = (role: 'worker' | 'producer', change: Record<string, string> = {}) => {
    const name = { SCHEDULER_WORKER_NAME: `${role}-${++named}` }
    return place.start([role], { ...env, ...name, ...options.clocks?.[role]?.env, ...change })
  }
  const producers = Array.from({ length: options.producers ?? 1 }, () => process('producer'))
  const workers = Array.from({ length: options.workers ?? 1 }, () => process('worker'))
  await Promise.all([...producers, ...workers].map(started => started.event('started')))

  const runs = async (schedule = UPDATE): Promise<Run[]> =>
    (await redis.zrangebyscore(keys.runs(schedule), '-inf', '+inf')).flatMap(parseRun)

  return {
    redisServer: own as TestRedis,
    redis,
    keys,
    engine,
    place,
    env,
    producers,
    workers,
    runs,
    start: process,
    /** The slots that arrived at the engine, oldest first. */
    called: (schedule = UPDATE): number[] => arrivals(engine, schedule).map(({ slot }) => slot),
    books: (schedule = UPDATE) => audit(redis, keys, schedule),
    /** Resolves once a call that succeeded has been recorded for a slot after now. */
    async ticking(schedule = UPDATE, limit = 60_000): Promise<Run> {
      const from = Date.now()
      const fits = (run: Run) => run.verdict === 'succeeded' && (run.slot ?? 0) > from
      return poll(async () => (await runs(schedule)).find(fits), limit)
    },
    /** Resolves once every slot up to `slot` has its verdict. */
    async closedUpTo(slot: number, schedule = UPDATE, limit = 90_000) {
      const { books } = keys
      await poll(async () => Number(await redis.hget(books(schedule), 'closed')) >= slot, limit)
    },
  }
}

async function ownRedis({ redis, clocks }: SystemOptions, atEnd: AtEnd): Promise<TestRedis> {
  const start = () => startRedis(redis as { args?: string[]; port?: number })
  const server = await livingBy(clocks?.redis, start)
  atEnd(() => server.stop())
  return server
}

/** What `look` resolves to, as soon as it is something. Redis may be away meanwhile. */
export async function poll<Found>(
  look: () => Promise<Found | undefined | null | false>,
  limit = 60_000,
): Promise<Found> {
  const until = Date.now() + limit
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > until) throw new Error(`not within ${limit} ms: ${look}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

function arrivals(engine: System['engine'], schedule: string) {
  return engine.arrivals.flatMap(arrival => {
    const key = arrival.headers['idempotency-key']
    const slot = Number(String(key).split('@')[1])
    return arrival.path === PATHS[schedule] && Number.isFinite(slot) ? [{ ...arrival, slot }] : []
  })
}

/** Answers that prove that a call was not executed: it may be repeated. */
const NOT_EXECUTED = new Set<number | null>([401, 422, 429])

/**
 * The invariants, as the engine saw it: I1 never two updates in flight, I2 no slot sent twice, I3 one
 * true verdict for every slot that is due. Waits until the books have passed what was called.
 */
export async function expectTrue(system: System, schedule = UPDATE): Promise<Run[]> {
  const { engine } = system
  const last = system.called(schedule).at(-1) ?? 0
  await system.closedUpTo(last, schedule)
  const called = arrivals(engine, schedule).filter(({ slot }) => slot <= last)
  const runs = (await system.runs(schedule)).filter(({ slot }) => (slot ?? 0) <= last)
  const problems: string[] = []
  const slots = called.map(({ slot }) => slot)
  if (engine.maxInFlight('/update-engine') > 1) problems.push('I1: two updates in flight')
  for (const slot of new Set(slots)) {
    const sent = called.filter(other => other.slot === slot).slice(0, -1)
    if (!sent.every(({ status }) => NOT_EXECUTED.has(status)))
      problems.push(`I2: ${slot} sent twice`)
  }
  const verdicts = new Map(runs.map(run => [run.slot, run]))
  if (verdicts.size !== runs.length) problems.push('I3: a slot with two verdicts')
  for (const run of runs) {
    const arrived = slots.includes(run.slot ?? 0)
    const uncalled = run.verdict === 'missed' || run.verdict === 'skipped'
    if (uncalled && arrived) problems.push(`I3: ${run.slot} ${run.verdict}, and was called`)
    if (run.verdict === 'succeeded' && !arrived) problems.push(`I3: ${run.slot} was never called`)
  }
  for (const slot of slots) {
    if (!verdicts.has(slot)) problems.push(`I3: ${slot} was called and has no verdict`)
  }
  const books = await system.books(schedule)
  if (books?.unaccounted !== 0) problems.push(`I3: unaccounted ${books?.unaccounted}`)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return runs
}

/** Ends a process at once, as a crash would. */
export async function crash(process: CliProcess | undefined): Promise<void> {
  process?.kill('SIGKILL')
  await process?.ended
}
