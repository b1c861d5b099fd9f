import type { Events } from '../events.ts'
import { actionsSince } from '../ledger/actions.ts'
import type { Declared } from '../ledger/declared.ts'
import type { Keys } from '../ledger/keys.ts'
import { answers, type Redis, timeOf } from '../redis.ts'
import { AHEAD } from '../set-back.ts'

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
  /** When that was, by Redis's clock, epoch ms. */
  #looked = 0
  /** What the newest producer declared that we know of. */
  #newest = { at: 0, by: '', entries: new Map<string, Declared>() }

  constructor(options: { redis: Redis; keys: Keys; events: Events }) {
    this.#redis = options.redis
    this.#events = options.events
    this.#keys = options.keys
  }

  /** Notes how far the books of a schedule are closed, epoch ms. */
  noteClosed(schedule: string, closed: number): void {
    this.#closed.set(schedule, closed)
  }

  /** What was paused at the last look, as it stands in Redis. */
  paused(): Readonly<Record<string, string>> {
    return this.#paused
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
      .time()
    type Reply = [(string | null)[], Record<string, string>, string[]]
    const [[at, by = null, began = null], paused, time] = (await answers(reading)) as Reply
    const standing = Number(at ?? 0) || 0
    const lost = standing === 0 || (this.#began !== null && began !== this.#began)
    if (lost) await this.#restore(standing === 0)
    else this.#paused = paused
    // Of a loss that nobody has declared after, the next look must know once more.
    if (standing !== 0) this.#began = began
    this.#looked = timeOf(time)
    return { at: standing, by }
  }

  /**
   * What the newest producer has declared, and Redis has lost since the last look: that producer may
   * be gone, and an older one must not bring back what it had declared away. `declared` is what
   * stands now, `at` and `by` whose declaration does.
   */
  lostOf(
    { at, by }: { at: number; by: string | null },
    declared: ReadonlyMap<string, Declared>,
  ): Declared[] {
    const setBack = this.#newest.at > Date.now() + AHEAD
    if (at > this.#newest.at || setBack || (at === this.#newest.at && by !== this.#newest.by)) {
      this.#newest = { at, by: by ?? '', entries: new Map() }
    }
    const { entries } = this.#newest
    const lost = [...entries.values()].filter(({ schedule }) => !declared.has(schedule.id))
    // Not what is about to be declared away: that has an older declaration's name on it.
    for (const one of declared.values()) {
      if (one.at === this.#newest.at && one.by === this.#newest.by)
        entries.set(one.schedule.id, one)
    }
    if (declared.size > 0 && lost.length === 0) {
      const ids = [...this.#closed.keys()]
      for (const id of ids.filter(id => !declared.has(id))) this.#closed.delete(id)
    }
    return lost
  }

  /** What was resumed since the last look stays so; in doubt, rather paused than called. */
  async #restore(undeclared: boolean): Promise<void> {
    const resumed = await this.#resumed()
    const targets = Object.keys(this.#paused).filter(target => !resumed.has(target))
    let count = 0
    for (const target of targets) {
      count += await this.#redis.hsetnx(this.#keys.paused, target, this.#paused[target] ?? '')
    }
    if (!undeclared && count === 0) return
    const kept = targets.length > 0 ? `; still paused: ${targets.join(', ')}` : ''
    const what = `Redis had lost what was declared${kept}`
    this.#events.emit('repaired', { schedule: null, what })
  }

  /** What was resumed since the last look. */
  async #resumed(): Promise<Set<string>> {
    if (Object.keys(this.#paused).length === 0) return new Set()
    const since = await actionsSince(this.#redis, this.#keys, this.#looked)
    const acts = since.filter(({ action }) => action === 'pause' || action === 'resume')
    const last = new Map(acts.map(({ target, action }) => [target, action]))
    return new Set([...last.keys()].filter(target => last.get(target) === 'resume'))
  }
}
