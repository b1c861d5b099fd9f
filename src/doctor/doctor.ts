import { keysOf } from '../ledger/keys.ts'
import { connectRedis, type Redis, RedisUnreachable } from '../redis.ts'
import { infoOf } from '../redis-facts.ts'
import { books } from './books.ts'
import { dashboardAccess } from './dashboard-access.ts'
import { declarations } from './declarations.ts'
import { durations } from './durations.ts'
import { engineFindings, noEngine } from './engine.ts'
import { about, type Finding } from './finding.ts'
import { keys } from './keys.ts'
import { leases } from './leases.ts'
import { perform } from './limit.ts'
import { node } from './node.ts'
import { paused } from './pauses.ts'
import { processes } from './processes.ts'
import { queue } from './queue.ts'
import { redisAccess } from './redis-access.ts'
import { redisClock } from './redis-clock.ts'
import { redisLatency } from './redis-latency.ts'
import { redisMemory } from './redis-memory.ts'
import { redisPersistence } from './redis-persistence.ts'
import { redisRights } from './redis-rights.ts'
import { redisServer } from './redis-server.ts'
import { secrets } from './secrets.ts'
import { strays } from './strays.ts'
import { type Connected, hasEngine, type Subject } from './subject.ts'

/** ms that one look may take; reaching Redis takes 3 s at most. */
const LOOK = 5000
/** ms that measuring Redis may take. */
const MEASURE = 1500
/** ms that one answer of an engine may take, a login and /stats coming one after the other. */
const ANSWER = 4000
/** ms for everything about one engine, or about Redis. */
const ALL = 9500

type Checks = readonly (readonly [
  name: string,
  look: (of: Connected) => Promise<Finding[]> | Finding[],
])[]

/** What is measured of a Redis that answers, before the rest, which would keep it busy. */
const MEASURED: Checks = [
  ['redis latency', redisLatency],
  ['clock', redisClock],
]

/** What is asked of it, in the order in which it is told. */
const CHECKS: Checks = [
  ['redis server', redisServer],
  ['redis memory', redisMemory],
  ['redis persistence', redisPersistence],
  ['redis access', redisAccess],
  ['redis rights', redisRights],
  ['declared', declarations],
  ['queue', queue],
  ['processes', processes],
  ['elsewhere', strays],
  ['leases', leases],
  ['pauses', paused],
  ['books', books],
  ['durations', durations],
  ['keys', keys],
]

/**
 * Looks at everything that a deployment rests on, side by side; within about 10 s whatever does not
 * answer. Only reads, and never calls update-engine. `waiting` names the checks under way.
 */
export async function examine(options: {
  subject: Subject
  waiting: Set<string>
}): Promise<Finding[]> {
  const { subject, waiting } = options
  const { engines } = hasEngine(subject) ? subject.config : { engines: [] }
  const found = await Promise.all([
    perform({ name: 'node', limit: LOOK, waiting, look: () => [node()] }),
    perform({ name: 'secrets', limit: LOOK, waiting, look: () => secrets(subject) }),
    perform({ name: 'redis', limit: ALL, waiting, look: () => ofRedis(options) }),
    noEngine(subject),
    ...engines.map(engine => {
      const look = () => engineFindings({ subject, engine, timeout: ANSWER })
      return perform({ name: `engine ${engine.id}`, limit: ALL, waiting, look })
    }),
    [dashboardAccess(subject)],
  ])
  return found.flat()
}

async function ofRedis({
  subject,
  waiting,
}: {
  subject: Subject
  waiting: Set<string>
}): Promise<Finding[]> {
  let redis: Redis
  try {
    redis = await connectRedis(subject.config.redis)
  } catch (error) {
    if (!(error instanceof RedisUnreachable)) throw error
    const advice =
      error.advice ?? 'is it running there? Set REDIS_URL, or ask where hft-scheduler up runs'
    return [about('redis').failure(`out of reach at ${error.message}`, advice)]
  }
  try {
    const info = await infoOf(redis)
    const connected = { ...subject, redis, keys: keysOf(subject.config.redis.prefix), info }
    const all = async (checks: Checks, limit: number) => {
      const looking = checks.map(([name, look]) => {
        return perform({ name, limit, waiting, look: () => look(connected) })
      })
      return (await Promise.all(looking)).flat()
    }
    return [...(await all(MEASURED, MEASURE)), ...(await all(CHECKS, LOOK))]
  } finally {
    redis.disconnect()
  }
}
