import type { Config } from '../config.ts'
import { type Check, redisCheck } from '../health/check.ts'
import { LOOK, Standstill } from '../health/standstill.ts'
import { QUEUE } from '../jobs.ts'
import type { Keys } from '../ledger/keys.ts'
import type { Redis } from '../redis.ts'

/** A tick that should have left the delayed ones so long ago waits in vain, ms. */
const OVERDUE = 10_000
/** BullMQ orders delayed jobs by so many times their time. */
const DELAYED_SCALE = 4096

export interface ClaimingOptions {
  redis: Redis
  keys: Keys
  config: Config
  /** Calls held or in flight. */
  busy: () => number
}

/**
 * Looks whether a worker claims what waits for it. One that could and does not is dead: Redis answers,
 * it has room, nobody has paused or limited the queue, and for 20 s the same tick is the next one. So
 * an outage, a quiet schedule, long calls and another worker that takes it all are no death, and
 * neither is a Redis that refuses to let anybody claim.
 */
export class Claiming {
  readonly #options: ClaimingOptions
  readonly #standstill = new Standstill()
  #timer: NodeJS.Timeout | undefined
  #looking = false
  #signs = 0
  #declared: boolean | null = null

  constructor(options: ClaimingOptions) {
    this.#options = options
  }

  start(): void {
    const look = () => void this.#look()
    look()
    this.#timer ??= setInterval(look, LOOK)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#standstill.see(null)
  }

  /** A tick was claimed, or Redis would not have it: whoever is told so has asked. */
  sign(): void {
    this.#signs += 1
  }

  /** `running`: whether its loop is meant to claim. */
  checks(running: boolean): Check[] {
    const { dead, seconds } = this.#standstill
    const claims = dead
      ? `no tick was claimed for ${seconds} s, though ticks wait and there is room`
      : 'claims what waits'
    const declared = this.#declared ? 'there are schedules' : 'no schedule is declared in Redis'
    return [
      { name: 'claims', probe: 'livez', ok: !dead, detail: claims },
      redisCheck(this.#options.redis.status === 'ready'),
      {
        name: 'queue',
        probe: 'readyz',
        ok: running,
        detail: running ? 'claims' : 'does not claim',
      },
      {
        ...{ name: 'declared', probe: 'readyz', ok: this.#declared === true },
        detail: this.#declared === null ? 'Redis has not told yet' : declared,
      },
    ]
  }

  async #look(): Promise<void> {
    const { redis } = this.#options
    if (redis.status !== 'ready') this.#standstill.see(null)
    if (redis.status !== 'ready' || this.#looking) return
    this.#looking = true
    try {
      this.#standstill.see(await this.#progress())
    } catch {
      this.#standstill.see(null)
    } finally {
      this.#looking = false
    }
  }

  /** Names what must not stay the same; null where there is nothing to claim, or no way to. */
  async #progress(): Promise<string | null> {
    const { redis, keys, config, busy } = this.#options
    const key = (name: string) => `${config.redis.prefix}:${QUEUE}:${name}`
    const [waiting, [prioritized], [delayed, score], limits, schedules] = await Promise.all([
      redis.lindex(key('wait'), -1),
      redis.zrange(key('prioritized'), '0', '0'),
      redis.zrange(key('delayed'), '0', '0', 'WITHSCORES'),
      redis.hmget(key('meta'), 'paused', 'concurrency', 'max'),
      redis.hkeys(keys.schedules),
    ])
    this.#declared = schedules.some(id => config.engines.some(it => id.startsWith(`${it.id}/`)))
    const due = Number(score) / DELAYED_SCALE < Date.now() - OVERDUE ? delayed : undefined
    const next = waiting ?? prioritized ?? due
    const free = busy() < config.concurrency
    const held = limits.some(limit => limit !== null)
    return next === undefined || !free || held ? null : `${this.#signs} ${next}`
  }
}
