import type { Events } from '../events.ts'
import type { Keys } from '../ledger/keys.ts'
import type { Redis } from '../redis.ts'

/**
 * What a producer remembers of Redis, for the case that Redis loses it: without it a paused engine
 * would be called again, and nobody would ask how the last slots before the loss ended.
 */
export class Memory {
  readonly #redis: Redis
  readonly #keys: Keys
  readonly #events: Events
  readonly #closed = new Map<string, number>()
  #paused: Record<string, string> = {}

  constructor(options: { redis: Redis; keys: Keys; events: Events }) {
    this.#redis = options.redis
    this.#events = options.events
    this.#keys = options.keys
  }

  /** Notes how far the books of a schedule are closed, epoch ms. */
  noteClosed(schedule: string, closed: number): void {
    this.#closed.set(schedule, closed)
  }

  closedOf(schedule: string): number | undefined {
    return this.#closed.get(schedule)
  }

  async notePauses(): Promise<void> {
    this.#paused = await this.#redis.hgetall(this.#keys.paused)
  }

  /** Redis has lost what was declared, and so what was paused: that is put back as last seen. */
  async restorePauses(): Promise<void> {
    const targets = Object.keys(this.#paused)
    for (const target of targets) {
      await this.#redis.hsetnx(this.#keys.paused, target, this.#paused[target] ?? '')
    }
    const kept = targets.length > 0 ? `; still paused: ${targets.join(', ')}` : ''
    const what = `Redis had lost what was declared${kept}`
    this.#events.emit('repaired', { schedule: null, what })
  }
}
