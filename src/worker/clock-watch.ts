import type { Events } from '../events.ts'
import type { Check } from '../health/check.ts'
import { span } from '../terminal.ts'

/** A clock that moves by more than this beside one that nobody sets was set, ms; a lease's slack is twice as much. */
const JUMP = 1000

/** What there is to say of a clock that was set. */
export interface Jump {
  whose: 'own' | 'Redis'
  /** By how much, ms; below 0 it was set back. */
  by: number
}

/** What is announced of it; `held`: until when calls that move money are held, epoch ms. */
type Heard = Jump & { held: number | null }

export interface ClockWatchOptions {
  /** How long a call can be under way at most, ms. */
  longest: number
  heard: (jump: Heard) => void
}

/**
 * Notices when our clock, or Redis's, is set. Leases end by Redis's clock: where it jumps ahead they
 * end early, so calls that move money are held until every call from before must be over by a clock
 * that nobody sets. Where it is set back leases only last longer, and nothing needs to be held.
 */
export class ClockWatch {
  readonly #options: ClockWatchOptions
  /** What time it is beside performance.now(), at the last look. */
  #own = Date.now() - performance.now()
  /** The same of Redis's clock, as far as its answer's way allows to say. */
  #redis: { least: number; most: number } | null = null
  #heldUntil = Number.NEGATIVE_INFINITY
  /** Redis's time when we were first told it after the last jump, epoch ms. */
  #since: number | null = null

  constructor(options: ClockWatchOptions) {
    this.#options = options
  }

  /** How long calls that move money are held from now on, ms; 0 for not at all. */
  get held(): number {
    return Math.max(this.#heldUntil - performance.now(), 0)
  }

  /** Looks at our own clock. */
  look(): void {
    const own = Date.now() - performance.now()
    const by = own - this.#own
    this.#own = own
    if (Math.abs(by) > JUMP) this.#jumped({ whose: 'own', by })
  }

  /** Redis said that it was `time` (epoch ms) between `asked` and `answered` (of performance.now()). */
  told(time: number, asked: number, answered: number): void {
    const now = { least: time - answered, most: time - asked }
    const before = this.#redis ?? now
    this.#redis = now
    const by = Math.max(now.least - before.most, 0) + Math.min(now.most - before.least, 0)
    if (Math.abs(by) > JUMP) this.#jumped({ whose: 'Redis', by })
    this.#since ??= time
  }

  /** Somebody vouched at `time` (by Redis's clock, epoch ms) that no call is under way. */
  vouched(time: number): boolean {
    return this.#since !== null && time >= this.#since
  }

  /** For the others to see: until when calls that move money are held, epoch ms. */
  facts(): { held?: number } {
    const { held } = this
    return held === 0 ? {} : { held: Math.round(Date.now() + held) }
  }

  check(): Check {
    const { held } = this
    const detail = `Redis's clock was set ahead: calls that move money are held for ${span(held)}`
    return {
      name: 'clock',
      probe: 'readyz',
      ok: held === 0,
      detail: held === 0 ? 'steady' : detail,
    }
  }

  #jumped({ whose, by }: Jump): void {
    const ends = whose === 'Redis' && by > 0
    if (ends) this.#heldUntil = performance.now() + this.#options.longest
    if (ends) this.#since = null
    this.#options.heard({ whose, by: Math.round(by), held: this.facts().held ?? null })
  }
}

/** With what a worker needs of it; durations in ms. */
export function watchClocks(
  { timeout, settle }: { timeout: number; settle: number },
  events: Events,
): ClockWatch {
  const heard = (jump: Heard) => void events.emit('clock-set', { part: 'worker', ...jump })
  return new ClockWatch({ longest: timeout + settle, heard })
}
