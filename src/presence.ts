import { z } from 'zod'
import { doneWithin } from './deadline.ts'
import type { Events } from './events.ts'
import type { Keys } from './ledger/keys.ts'
import { nameOf } from './process-name.ts'
import { queueErrors } from './queue-errors.ts'
import { type Redis, timeOf } from './redis.ts'
import { Since } from './since.ts'

/** What a worker knows of its login at an engine; times in epoch ms, never the token itself. */
export const TokenFact = z.object({
  engine: z.string(),
  /** When the token was obtained; null when a login was refused since. */
  at: z.number().nullable(),
  /** How long it is good for, ms; null when it does not say. */
  life: z.number().nullable(),
  /** Why the last login was refused, and when it is tried again. */
  refused: z.object({ reason: z.string(), retryAt: z.number() }).nullable(),
})
export type TokenFact = z.infer<typeof TokenFact>

/** A process that takes part in this deployment, as `status` shows it; times in epoch ms. */
export const Presence = z.object({
  part: z.enum(['producer', 'worker']),
  name: z.string(),
  /** What tells it from others of that name; in Redis it is the name. */
  id: z.string().optional(),
  version: z.string(),
  since: z.number(),
  seen: z.number(),
  /** By how much its clock is ahead of Redis's, ms. */
  clock: z.number().optional(),
  /** Calls held or in flight. */
  busy: z.number().optional(),
  /** Of a worker: until when calls that move money are held, after Redis's clock was set ahead. */
  held: z.number().optional(),
  /** Runs ended since it started. */
  runs: z.number().optional(),
  /** Of a worker that makes no calls. */
  dryRun: z.literal(true).optional(),
  /** Of a worker: the newest of its logins, refused ones first. */
  tokens: z.array(TokenFact).optional(),
  /** What Redis refuses it, in sentences, though it goes on without. */
  lapses: z.array(z.string()).optional(),
})
export type Presence = z.infer<typeof Presence>
/** As it is read. */
export type Present = Presence & { id: string }

/** What it means that no such part is alive, wherever it is said. */
export const ABSENT: Readonly<Record<Presence['part'], string>> = {
  producer: 'no producer is alive: missed slots stay unnoticed',
  worker: 'no worker is alive: no calls are made',
}

/** Clocks may differ by this much without a word, ms. */
export const CLOCK_TOLERANCE = 250
/** How often a process says that it is there, ms. */
const PERIOD = 2000
/** How long a process that leaves waits for Redis to take its name away, ms. */
const LEAVING = 1000
/** After this long without a sign a process is forgotten, ms. */
const FORGET_AFTER = 60_000
/** After this long without a sign a process counts as gone, ms. */
export const GONE_AFTER = 10_000

export interface PresenceOptions {
  events: Events
  redis: Redis
  keys: Keys
  part: Presence['part']
  /** What tells the process from others of the same name. */
  id: string
  version: string
  measure?: () => Pick<Presence, 'busy' | 'runs' | 'tokens' | 'dryRun' | 'held' | 'lapses'>
  /** Hears what time it is, here and at Redis. */
  clocks?: { look(): void; told(time: number, asked: number, answered: number): void }
}

/** Says every two seconds, until stopped, that this process is there; its name leaves with it. */
export class Announcer {
  readonly #options: PresenceOptions
  readonly #since = new Since()
  #timer: NodeJS.Timeout | undefined
  #clock: number | null = null
  #warned = false

  constructor(options: PresenceOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#timer !== undefined) return
    const { part, redis, events } = this.#options
    const refused = queueErrors(part, redis, events)
    const announce = () => void this.announce().catch(refused)
    announce()
    this.#timer = setInterval(announce, PERIOD)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    const { redis, keys } = this.#options
    if (redis.status !== 'ready') return
    await doneWithin(LEAVING, redis.hdel(keys.processes, field(this.#options)))
  }

  /** Says once, now, that this process is there. */
  async announce(): Promise<void> {
    const { redis, keys, part, id, version, measure, clocks } = this.#options
    clocks?.look()
    if (redis.status !== 'ready') return
    const asked = Date.now()
    const began = performance.now()
    // By Redis's clock, so that a process with a wrong one is not taken for dead.
    const seen = asked - (this.#clock ?? 0)
    const clock = this.#clock === null ? {} : { clock: this.#clock }
    const about = { part, name: id, version, since: this.#since.at() }
    const presence = { ...about, seen, ...clock, ...measure?.() }
    const replies = await redis
      .multi()
      .hset(keys.processes, field(this.#options), JSON.stringify(presence))
      .time()
      .exec()
    const time = replies?.[1]?.[1] as [string, string] | undefined
    if (time === undefined) return
    this.#compare(timeOf(time), asked, Date.now())
    clocks?.told(timeOf(time), began, performance.now())
  }

  /**
   * Slots are decided by each worker's own clock: one that goes wrong is said loudly. Redis read its
   * clock at some moment between question and answer, so a slow answer alone is nothing wrong.
   */
  #compare(time: number, asked: number, answered: number): void {
    const ahead = Math.max(asked - time, 0) + Math.min(answered - time, 0)
    this.#clock = ahead
    const wrong = Math.abs(ahead) > CLOCK_TOLERANCE
    if (wrong && !this.#warned) {
      const direction = ahead > 0 ? 'ahead of' : 'behind'
      const message = `the clock is ${Math.abs(ahead)} ms ${direction} that of Redis: slots come that much ${ahead > 0 ? 'early' : 'late'}; keep the clocks in step (NTP)`
      this.#options.events.emit('warning', { part: this.#options.part, message })
    }
    this.#warned = wrong
  }
}

/**
 * The processes heard of within the last minute, by part and name. Redis's clock says when that was;
 * here it is told by the reader's, however far the two are apart.
 */
export async function presences(redis: Redis, keys: Keys): Promise<Present[]> {
  const { all, now } = await read(redis, keys)
  const apart = Date.now() - now
  const ahead = Math.abs(apart) > CLOCK_TOLERANCE ? apart : 0
  return all
    .map(([, presence]) => presence)
    .filter(presence => isFresh(presence, now))
    .map(presence => ({ ...presence, seen: presence.seen + ahead }))
    .sort((a, b) => field(a).localeCompare(field(b)))
}

/** Forgets processes that were not heard of for a minute, so that their hash stays small. */
export async function forgetGone(redis: Redis, keys: Keys): Promise<void> {
  const { all, now } = await read(redis, keys)
  const gone = all.filter(([, presence]) => !isFresh(presence, now)).map(([name]) => name)
  if (gone.length > 0) await redis.hdel(keys.processes, ...gone)
}

/** What stands in Redis by its field, and what time it is there, epoch ms. */
async function read(redis: Redis, keys: Keys) {
  // Who may only read is not told the time.
  const time = redis.time().then(timeOf, () => Date.now())
  const [found, now] = await Promise.all([redis.hgetall(keys.processes), time])
  const all = Object.entries(found).map(([name, json]) => [name, parse(json)] as const)
  return { all, now }
}

function isFresh(presence: Present | null, now: number): presence is Present {
  return presence !== null && Math.abs(now - presence.seen) < FORGET_AFTER
}

/** Does a process count as gone? One that says that it will be seen has set no clock since. */
export function isGone({ seen }: Pick<Presence, 'seen'>, now: number): boolean {
  return Math.abs(now - seen) >= GONE_AFTER
}

function field({ part, id }: { part: string; id: string }): string {
  return `${part}:${id}`
}

function parse(json: string): Present | null {
  try {
    const presence = Presence.safeParse(JSON.parse(json)).data
    return presence === undefined
      ? null
      : { ...presence, id: presence.name, name: nameOf(presence.name) }
  } catch {
    return null
  }
}
