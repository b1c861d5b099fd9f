import type { Config } from './config.ts'
import { createEvents, type Events } from './events.ts'
import { actionsBefore } from './ledger/actions.ts'
import { type Keys, keysOf } from './ledger/keys.ts'
import { type Pause, pauses } from './ledger/pauses.ts'
import { createRedis, type Redis } from './redis.ts'

/** How often is looked, ms. */
const PERIOD = 2000
/** An answer that takes longer is waited for no more, ms. */
const PATIENCE = 5000
/** Actions among which a resumption is looked for. */
const RECENT = 100

/**
 * Announces in every process when a pause begins or ends, whoever paused and from where: a log that
 * only says `skipped: paused` leaves whoever reads it alone. What is paused already is said at the
 * start.
 */
export class PauseWatch {
  readonly #redis: Redis
  readonly #keys: Keys
  readonly #events: Events
  #known: ReadonlyMap<string, Pause> = new Map()
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor({ config, events }: { config: Config; events: Events }) {
    // Outages are announced by the part that has to live with them.
    this.#redis = createRedis(config.redis, 'pauses', createEvents(), PATIENCE)
    this.#keys = keysOf(config.redis.prefix)
    this.#events = events
  }

  async start(): Promise<void> {
    if (this.#timer === undefined && !this.#stopped) this.#schedule(0)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#redis.disconnect()
  }

  #schedule(delay: number): void {
    this.#timer = setTimeout(async () => {
      // Without Redis nothing is known; the next look says what has changed meanwhile.
      await this.#look().catch(() => 0)
      if (!this.#stopped) this.#schedule(PERIOD)
    }, delay)
  }

  async #look(): Promise<void> {
    const now = await pauses(this.#redis, this.#keys)
    const before = this.#known
    const ended = [...before.keys()].filter(target => !now.has(target))
    const acts = ended.length === 0 ? [] : await this.#acts()
    this.#known = now
    for (const [target, pause] of now) {
      const was = before.get(target)
      if (was?.reason !== pause.reason || was.by !== pause.by || was.since !== pause.since) {
        this.#events.emit('paused', { target, ...pause })
      }
    }
    for (const target of ended) {
      const act = acts.find(it => it.action === 'resume' && it.target === target)
      this.#events.emit('resumed', { target, by: act?.by ?? null, reason: act?.reason || null })
    }
  }

  /** Newest first; that a pause has ended is said even where nobody can say who ended it. */
  async #acts() {
    const page = actionsBefore(this.#redis, this.#keys, { limit: RECENT })
    return (await page.catch(() => ({ actions: [] }))).actions
  }
}
