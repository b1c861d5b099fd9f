import type { Events } from '../events.ts'
import type { Keys } from '../ledger/keys.ts'
import { answers, type Redis } from '../redis.ts'

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
  /** When the data began that the pauses were read from, epoch ms; null before the first look. */
  #began: string | null = null

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

  /**
   * Who declared last, and since when that producer runs (epoch ms; 0: nobody has). Where Redis has
   * lost its data since the last look, what was paused is put back as it was then: also when another
   * producer has declared already.
   */
  async standing(): Promise<{ at: number; by: string | null }> {
    // In one step: a loss in between would pass for everything having been resumed.
    const reading = this.#redis
      .multi()
      .hmget(this.#keys.declaration, 'at', 'by', 'began')
      .hgetall(this.#keys.paused)
    type Reply = [(string | null)[], Record<string, string>]
    const [[at, by = null, began = null], paused] = (await answers(reading)) as Reply
    const standing = Number(at ?? 0) || 0
    const lost = standing === 0 || (this.#began !== null && began !== this.#began)
    if (lost) await this.#restore(standing === 0)
    else this.#paused = paused
    // Of a loss that nobody has declared after, the next look must know once more.
    if (standing !== 0) this.#began = began
    return { at: standing, by }
  }

  async #restore(undeclared: boolean): Promise<void> {
    const targets = Object.keys(this.#paused)
    let count = 0
    for (const target of targets) {
      count += await this.#redis.hsetnx(this.#keys.paused, target, this.#paused[target] ?? '')
    }
    if (!undeclared && count === 0) return
    const kept = targets.length > 0 ? `; still paused: ${targets.join(', ')}` : ''
    const what = `Redis had lost what was declared${kept}`
    this.#events.emit('repaired', { schedule: null, what })
  }
}
