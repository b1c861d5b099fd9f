import type { ChainableCommander, Redis, RedisOptions } from 'ioredis'
import { doneWithin } from './deadline.ts'
import type { Events } from './events.ts'
import { Connection, RedisRefusal } from './redis-connection.ts'
import { diagnose } from './redis-diagnosis.ts'
import { redisAdvice, redisProblem } from './redis-errors.ts'
import { withoutInfo } from './redis-info.ts'
import { tellOutages } from './redis-outages.ts'

export type { Redis } from 'ioredis'

export interface RedisTarget {
  /** `redis://` or `rediss://`, credentials and database in it. */
  readonly url: string
  /** PEM of a private CA for `rediss://`; null for the system's. */
  readonly ca: string | null
  /** Who knows the master of that name; the host of `url` then does not count. */
  readonly sentinel?: {
    readonly nodes: readonly { readonly host: string; readonly port: number }[]
    readonly name: string
    readonly password: string | null
  } | null
}

/**
 * A connection for a process that must outlive outages of Redis: commands wait until it is back,
 * or for `patience` ms and not through an outage, where somebody waits for the answer. Announces `redis-lost` and `redis-ready` for `part`. The caller quits it.
 *
 * - BullMQ needs `maxRetriesPerRequest: null`, and its own retry strategy waits up to 20 s;
 *   ours is back within a second of Redis.
 * - A black hole shows only through `socketTimeout`, which must exceed BullMQ's 10 s block.
 * - READONLY means a demoted master: reconnect and send the command again.
 */
export function createRedis(
  target: RedisTarget,
  part: string,
  events: Events,
  patience: number | null = null,
): Redis {
  const made = new Connection(target.url, {
    ...shared(target),
    connectionName: `hft-scheduler:${part}`,
    ...(patience === null
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 0, commandTimeout: patience }),
    retryStrategy: tries => Math.min(100 * tries, 1000),
    reconnectOnError: error => (error.message.startsWith('READONLY') ? 2 : false),
    socketTimeout: 15_000,
  })
  const redis = withoutInfo(made)
  tellOutages(redis, {
    lost(why, error) {
      events.emit('redis-lost', { part, error: why })
      void explain(target, part, events, error)
    },
    ready: () => events.emit('redis-ready', { part }),
  })
  return redis
}

/** Says after a loss who listens there instead, or how. */
async function explain({ url, sentinel }: RedisTarget, part: string, events: Events, error: Error) {
  const found = sentinel ? null : await diagnose(url, error)
  if (found === null) return
  const message = `${address(url)}: ${found.problem}; ${found.advice}`
  events.emit('warning', { part, message })
}

/** Redis could not be reached, or refused us; the message names the address, never a password. */
export class RedisUnreachable extends Error {
  readonly code = 'redis-unreachable'
  /** What to do about it; null where nothing but the message helps. */
  readonly advice: string | null
  /** It is there, but not its database: waiting does not help. */
  readonly noDatabase: boolean

  constructor(message: string, advice: string | null, noDatabase = false) {
    super(message)
    this.advice = advice
    this.noDatabase = noDatabase
  }
}

/** How long a person waits for the first answer, ms. */
const ANSWER = 3000

/**
 * A connection for a command that a person waits for: ready, or rejected within about 3 s with
 * {@link RedisUnreachable}. The caller disconnects it.
 */
export async function connectRedis(target: RedisTarget): Promise<Redis> {
  const made = new Connection(target.url, {
    ...shared(target),
    connectionName: 'hft-scheduler:cli',
    connectTimeout: ANSWER,
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  const redis = withoutInfo(made)
  let last: Error | undefined
  redis.on('error', error => {
    last = error
  })
  try {
    // Its own time-out is for the connection alone; whether anybody answers is another thing.
    if (await doneWithin(ANSWER, redis.connect())) await redis.ping()
    else throw new Error(await silence(redis))
    return redis
  } catch (error) {
    redis.disconnect()
    const cause = last ?? (error as Error)
    const refusal = cause instanceof RedisRefusal ? cause : null
    const found = target.sentinel || refusal ? null : await diagnose(target.url, cause)
    const { problem, advice } = found ?? {
      problem: redisProblem(cause),
      advice: redisAdvice(cause),
    }
    const message = `${address(target.url)}: ${problem}`
    throw new RedisUnreachable(message, advice, refusal?.what === 'database')
  }
}

/** Why a connection is not ready in time: a Redis that loads its data says so, and little else. */
async function silence(redis: Redis): Promise<string> {
  let loading = false
  const asked = redis.info('persistence').then(said => {
    loading = /^loading:1/m.test(said)
  })
  await doneWithin(ANSWER / 6, asked)
  return loading ? 'it is still loading its data' : `no answer within ${ANSWER / 1000} s`
}

/** `host:port` of a Redis URL, for people: no credentials. */
export function address(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}

/** Where a deployment stands, for people. */
export function whereOf({ url, prefix }: { url: string; prefix: string }): string {
  return `prefix ${prefix} in ${address(url)}`
}

/** The number of the database that a Redis URL names; 0 where it names none. */
export function databaseOf(url: string): number {
  return Number(new URL(url).pathname.slice(1))
}

/** The replies to a MULTI or a pipeline; rejects with the first error among them. */
export async function answers<Reply>(commands: ChainableCommander): Promise<Reply[]> {
  const replies = (await commands.exec()) ?? []
  return replies.map(([error, reply]) => {
    if (error) throw error
    return reply as Reply
  })
}

/** What Redis answers to TIME, as epoch ms. */
export function timeOf([seconds, micros]: readonly (string | number)[]): number {
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
}

/** A Lua script as a function of its keys and arguments; sent whole only when Redis lacks it. */
export type Script = (keys: string[], ...args: (string | number)[]) => Promise<unknown>

export function defineScript(redis: Redis, name: string, lua: string): Script {
  redis.defineCommand(name, { lua })
  const command = (redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[
    name
  ]
  if (command === undefined) throw new Error(`ioredis did not define ${name}`)
  return (keys, ...args) => command.call(redis, keys.length, ...keys, ...args)
}

function shared({ url, ca, sentinel }: RedisTarget): Omit<RedisOptions, 'replyMapping'> {
  return {
    connectTimeout: 5000,
    // One command less that a user needs the right to.
    disableClientInfo: true,
    // With these options ioredis speaks TLS, whatever the URL says.
    ...(ca === null || !url.startsWith('rediss:') ? {} : { tls: { ca } }),
    ...(sentinel ? viaSentinel(sentinel, url.startsWith('rediss:'), ca) : {}),
  }
}

/**
 * With `failoverDetector` ioredis hears of a promotion at once and leaves the old master, which
 * may still answer.
 */
function viaSentinel(
  { nodes, name, password }: NonNullable<RedisTarget['sentinel']>,
  secure: boolean,
  ca: string | null,
): RedisOptions {
  const tls = ca === null ? {} : { ca }
  return {
    sentinels: nodes.map(node => ({ ...node })),
    name,
    failoverDetector: true,
    sentinelRetryStrategy: tries => Math.min(100 * tries, 1000),
    ...(password === null ? {} : { sentinelPassword: password }),
    ...(secure ? { enableTLSForSentinelMode: true, tls, sentinelTLS: tls } : {}),
  }
}
