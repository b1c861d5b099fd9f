import type { Events } from '../events.ts'
import type { Mark } from '../ledger/mark.ts'
import { redisSentence } from '../redis-errors.ts'
import type { Claim, Leases } from './lease.ts'

/** How often the leases of calls under way are looked after, ms. */
const PERIOD = 300

/** A lease that must stand for as long as its call may be executing. */
interface Kept {
  claim: Claim
  fence: number
  /** null once the verdict is recorded: only the lease goes on. */
  mark: Mark | null
  /** Of performance.now(): when the lease ends by itself. */
  expires: number
  since: number
}

/**
 * Puts back the leases of calls under way when Redis has lost them (FLUSHALL, a deleted key, a
 * replica that was promoted too early), before the next slot could take them. A call that is over
 * within a third of a second costs nothing here.
 */
export class Keeper {
  readonly #leases: Leases
  readonly #events: Events
  readonly #kept = new Map<string, Kept>()
  #timer: NodeJS.Timeout | undefined
  #asking = false
  #refusal = ''

  constructor(options: { leases: Leases; events: Events }) {
    this.#leases = options.leases
    this.#events = options.events
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#look(), PERIOD)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#kept.clear()
  }

  /** From now on, or with another mark than before. Calls that may be repeated need no keeping. */
  keep(claim: Claim, kept: Pick<Kept, 'fence' | 'mark' | 'expires'>): void {
    if (claim.repeatable) return
    const since = this.#kept.get(claim.token)?.since ?? performance.now()
    this.#kept.set(claim.token, { claim, since, ...kept })
  }

  drop(token: string): void {
    this.#kept.delete(token)
  }

  async #look(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    const now = performance.now()
    for (const [token, { claim, fence, mark, expires, since }] of this.#kept) {
      if (now >= expires) this.drop(token)
      else if (now - since >= PERIOD) await this.#restore(claim, fence, expires - now, mark)
    }
    this.#asking = false
  }

  async #restore(claim: Claim, fence: number, ms: number, mark: Mark | null): Promise<void> {
    try {
      const lost = await this.#leases.restore(claim, fence, ms, mark)
      if (lost)
        this.#warn(claim, 'its lease was gone from Redis while its call may be under way; put back')
    } catch (error) {
      const message = `its lease cannot be looked after: ${redisSentence(error)}`
      if (message !== this.#refusal) this.#warn(claim, message)
      this.#refusal = message
    }
  }

  #warn({ schedule }: Claim, message: string): void {
    this.#events.emit('warning', { part: schedule, message })
  }
}
