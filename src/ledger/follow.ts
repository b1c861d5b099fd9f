import { lasting } from '../lasting.ts'
import type { Redis } from '../redis.ts'
import { unlessDenied } from '../redis-errors.ts'
import { recordedChannel } from './channel.ts'
import type { Keys } from './keys.ts'
import { parseRun } from './ledger.ts'
import { Novelty } from './novelty.ts'
import type { Run } from './run.ts'

/** How often the books are asked what they have closed, ms, unless `period` says otherwise. */
const PERIOD = 2000
/** Calls by hand looked at after an outage, per schedule. */
const MANUAL = 100
/** Schedules asked for at a time. */
const BATCH = 50

export interface FollowOptions {
  redis: Redis
  keys: Keys
  /** Ids of the schedules to look after; asked again and again, as they come and go. */
  schedules: (redis: Redis) => Promise<readonly string[]>
  fits: (run: Run) => boolean
  /** What is shown first; read when nothing can be missed any more. */
  past: () => Promise<readonly Run[]>
  signal: AbortSignal
  /** Hears of outages of Redis. */
  tell: (message: string) => void
  /** Hears when Redis does not let us listen; `tell` unless given. */
  deaf?: (message: string) => void
  /** How often the books are asked what they have closed, ms. */
  period?: () => number
}

/**
 * The past, and then every run as it is recorded, until `signal`: none left out and none twice,
 * also through outages of Redis. Runs are announced when they are recorded; what the books close,
 * and what was recorded while we were cut off, is read. Who may not listen reads everything.
 */
export async function* follow(options: FollowOptions): AsyncGenerator<readonly Run[]> {
  const { redis, keys, fits, past, signal, tell, deaf = tell, period = () => PERIOD } = options
  const reader = lasting(redis)
  const subscriber = lasting(redis, tell)
  const close = () => {
    reader.disconnect()
    subscriber.disconnect()
  }
  signal.addEventListener('abort', close, { once: true })
  const novelty = new Novelty(Date.now())
  const inbox: Run[] = []
  const channel = recordedChannel(redis, keys)
  let cutOff = false
  let unheard = false
  let ring = () => {}
  try {
    if (signal.aborted) return
    subscriber.on('message', (_channel, json) => {
      inbox.push(...parseRun(json).filter(fits))
      ring()
    })
    await subscriber.subscribe(channel).catch((error: unknown) => {
      unlessDenied(error)
      unheard = true
      deaf(`no right to listen to channel ${channel} (+subscribe, &${channel}): runs show late`)
    })
    subscriber.on('ready', () => {
      // Only what is recorded after the answer to this is sure to be announced.
      const subscribed = subscriber.subscribe(channel).then(() => {
        cutOff = true
        ring()
      })
      subscribed.catch(() => 0)
    })
    const ids = await options.schedules(reader)
    for (let index = 0; index < ids.length; index += BATCH) {
      const batch = ids.slice(index, index + BATCH)
      const found = await Promise.all(batch.map(id => standing(reader, keys, id)))
      for (const [place, { closed, runs }] of found.entries()) {
        novelty.before(batch[place] as string, closed ?? Number.NEGATIVE_INFINITY, runs)
      }
    }
    const shown = await past()
    for (const run of shown) novelty.shown(run)
    yield shown
    for (let swept = Date.now(); !signal.aborted; ) {
      const fresh = inbox.splice(0).filter(run => novelty.heard(run))
      if (fresh.length > 0) yield fresh
      if (cutOff || Date.now() - swept >= period()) {
        const everything = cutOff || unheard
        cutOff = false
        swept = Date.now()
        const found = await sweep({ ...options, reader, novelty, everything })
        if (found.length > 0) yield found
      }
      if (inbox.length === 0 && !cutOff && !signal.aborted) {
        await waiting(swept + period() - Date.now())
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }

  function waiting(ms: number): Promise<void> {
    return new Promise(resolve => {
      ring = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', ring)
        resolve()
      }
      const timer = setTimeout(() => ring(), Math.max(ms, 0))
      signal.addEventListener('abort', ring, { once: true })
    })
  }
}

interface Sweep extends FollowOptions {
  reader: Redis
  novelty: Novelty
  /** After an outage, or where nothing is heard: also what the books have not closed yet, and calls by hand. */
  everything: boolean
}

async function sweep({ reader, keys, novelty, everything, fits, ...options }: Sweep) {
  const ids = await options.schedules(reader)
  const closed = await watermarks(reader, keys, ids)
  const fresh: Run[] = []
  const found = await Promise.all(
    ids.map(async id => {
      const before = novelty.watermark(id)
      const after = closed.get(id) ?? before
      if (everything) return (await standing(reader, keys, id, before)).runs
      if (after <= before) return []
      return (await reader.zrangebyscore(keys.runs(id), `(${before}`, after)).flatMap(parseRun)
    }),
  )
  for (const [index, id] of ids.entries()) {
    const runs = found[index] as Run[]
    fresh.push(...runs.filter(run => fits(run) && novelty.found(run)))
    novelty.passed(id, closed.get(id) ?? novelty.watermark(id))
  }
  return fresh.sort((a, b) => (a.slot ?? a.at) - (b.slot ?? b.at))
}

/** The runs after a watermark, their own unless given, and the newest calls by hand. */
async function standing(redis: Redis, keys: Keys, id: string, after?: number) {
  const closed = await redis.hget(keys.books(id), 'closed')
  const begin = after ?? closed ?? '-inf'
  const [runs, manual] = await Promise.all([
    redis.zrangebyscore(keys.runs(id), begin === '-inf' ? begin : `(${begin}`, '+inf'),
    redis.zrevrange(keys.manual(id), 0, MANUAL - 1),
  ])
  return {
    closed: closed === null ? null : Number(closed),
    runs: [...runs, ...manual].flatMap(parseRun),
  }
}

async function watermarks(
  redis: Redis,
  keys: Keys,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const commands = redis.pipeline()
  for (const id of ids) commands.hget(keys.books(id), 'closed')
  const replies = (await commands.exec()) ?? []
  const closed = replies.flatMap(([, value], index) =>
    typeof value === 'string' ? [[ids[index] as string, Number(value)] as const] : [],
  )
  return new Map(closed)
}
