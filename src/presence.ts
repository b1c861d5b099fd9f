import { z } from 'zod'
import type { Keys } from './ledger/keys.ts'
import type { Redis } from './redis.ts'

/** A process that takes part in this deployment, as `status` shows it; times in epoch ms. */
export const Presence = z.object({
  part: z.enum(['producer', 'worker']),
  name: z.string(),
  version: z.string(),
  since: z.number(),
  seen: z.number(),
  /** Calls held or in flight. */
  busy: z.number().optional(),
  /** Runs ended since it started. */
  runs: z.number().optional(),
})
export type Presence = z.infer<typeof Presence>

/** How often a process says that it is there, ms. */
const PERIOD = 2000
/** After this long without a sign a process is forgotten, ms. */
const FORGET_AFTER = 60_000
/** After this long without a sign a process counts as gone, ms. */
export const GONE_AFTER = 10_000

export interface PresenceOptions {
  redis: Redis
  keys: Keys
  part: Presence['part']
  name: string
  version: string
  measure?: () => { busy: number; runs: number }
}

/** Says every two seconds, until stopped, that this process is there; its name leaves with it. */
export class Announcer {
  readonly #options: PresenceOptions
  readonly #since = Date.now()
  #timer: NodeJS.Timeout | undefined

  constructor(options: PresenceOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#timer !== undefined) return
    this.#announce()
    this.#timer = setInterval(() => this.#announce(), PERIOD)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    const { redis, keys } = this.#options
    if (redis.status === 'ready')
      await redis.hdel(keys.processes, field(this.#options)).catch(() => 0)
  }

  #announce(): void {
    const { redis, keys, part, name, version, measure } = this.#options
    if (redis.status !== 'ready') return
    const presence = { part, name, version, since: this.#since, seen: Date.now(), ...measure?.() }
    redis.hset(keys.processes, field(presence), JSON.stringify(presence)).catch(() => 0)
  }
}

/** The processes heard of within the last minute, by part and name. */
export async function presences(redis: Redis, keys: Keys): Promise<Presence[]> {
  const all = Object.values(await redis.hgetall(keys.processes)).map(parse)
  return all.filter(isFresh).sort((a, b) => field(a).localeCompare(field(b)))
}

/** Forgets processes that were not heard of for a minute, so that their hash stays small. */
export async function forgetGone(redis: Redis, keys: Keys): Promise<void> {
  const all = Object.entries(await redis.hgetall(keys.processes))
  const gone = all.filter(([, json]) => !isFresh(parse(json))).map(([name]) => name)
  if (gone.length > 0) await redis.hdel(keys.processes, ...gone)
}

function isFresh(presence: Presence | null): presence is Presence {
  return presence !== null && Date.now() - presence.seen < FORGET_AFTER
}

function field(of: { part: string; name: string }): string {
  return `${of.part}:${of.name}`
}

function parse(json: string): Presence | null {
  try {
    return Presence.safeParse(JSON.parse(json)).data ?? null
  } catch {
    return null
  }
}
