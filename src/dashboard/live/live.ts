import type { Config } from '../../config.ts'
import type { Events } from '../../events.ts'
import type { Keys } from '../../ledger/keys.ts'
import type { Redis } from '../../redis.ts'
import { redisFacts } from '../../redis-facts.ts'
import { Audience } from './audience.ts'
import { Picture } from './picture.ts'
import { takeReading } from './reading.ts'
import { readRuns } from './strip.ts'
import { Watch } from './watch.ts'

export interface LiveOptions {
  redis: Redis
  keys: Keys
  config: Config
  events: Events
  version: string
}

/** How long Redis is watched after the last page has left: whoever follows a link is back soon, ms. */
const LINGER = 5000
/** What was read, or put into JSON, serves others, too, who ask within this, ms. */
const COALESCED = 1000

/** Watches Redis for all open pages together, and only while one is open. Never writes to it. */
export class Live {
  readonly #options: LiveOptions
  readonly #picture: Picture
  readonly #audience: Audience
  #watch: Watch | null = null
  /** Resolves when the watch has found out how Redis stands. */
  #begun = Promise.resolve()
  #linger: NodeJS.Timeout | undefined
  #looked: { at: number; done: Promise<void> } | null = null
  #made: { at: number; json: string; current: boolean } | null = null
  #stopped = false

  constructor(options: LiveOptions) {
    this.#options = options
    this.#picture = new Picture(options)
    this.#audience = new Audience({
      snapshot: () => this.#json(true),
      state: () => JSON.stringify(this.#picture.state()),
      empty: () => {
        this.#linger = setTimeout(() => void this.#end(), LINGER)
      },
    })
  }

  /** The events of a page that opens; null when too many are open. `cut` must end its connection. */
  join(cut: () => void): ReadableStream<Uint8Array> | null {
    if (this.#stopped) return null
    const events = this.#audience.join(cut)
    clearTimeout(this.#linger)
    if (this.#watch === null) this.#begun = new Promise(begun => this.#begin(begun))
    return events
  }

  /** `OverviewView` as JSON; null when Redis does not answer and never did. */
  async overview(): Promise<string | null> {
    if (this.#watch === null) await this.#look()
    if (this.#watch !== null) await this.#begun
    return this.#picture.known ? this.#json(false) : null
  }

  /** Somebody has just done something: open pages see soon what came of it. */
  refresh(): void {
    this.#watch?.look()
  }

  /** Ends the streams of all pages. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#audience.end()
    await this.#end()
  }

  #begin(begun: () => void): void {
    const { redis, keys, config, events } = this.#options
    const audience = this.#audience
    const changed = (tell: () => void) => {
      begun()
      if (this.#made !== null) this.#made.current = false
      tell()
    }
    this.#watch = new Watch({
      ...{ redis, keys, config, events, picture: this.#picture, ended: begun },
      heard: {
        all: () => changed(() => audience.tellAll()),
        state: () => changed(() => audience.tellState()),
        runs: runs => changed(() => audience.tellRuns(runs)),
      },
    })
  }

  async #end(): Promise<void> {
    clearTimeout(this.#linger)
    const watch = this.#watch
    this.#watch = null
    this.#audience.informed = false
    await watch?.stop()
  }

  /** Made anew once per second at most, or where it must be the current one, whenever it is not. */
  #json(current: boolean): string {
    const made = this.#made
    const young = made !== null && Date.now() - made.at < COALESCED
    if (young && (made.current || !current)) return made.json
    const json = JSON.stringify(this.#picture.view())
    this.#made = { at: Date.now(), json, current: true }
    return json
  }

  /** Reads everything once, for all who ask within a second. */
  #look(): Promise<void> {
    const now = Date.now()
    if (this.#looked === null || now - this.#looked.at >= COALESCED) {
      this.#looked = { at: now, done: this.#read(now) }
    }
    return this.#looked.done
  }

  async #read(asked: number): Promise<void> {
    const { redis, keys, config } = this.#options
    const picture = this.#picture
    try {
      const facts = redisFacts(redis, config.redis.url)
      const reading = await takeReading(redis, keys)
      const ids = reading.schedules.map(({ id }) => id)
      const runs = await readRuns(redis, keys, ids)
      const said = await facts
      // A page has opened meanwhile: then the watch is ahead of us.
      if (this.#watch !== null) return
      picture.take(reading, said)
      picture.renew(runs)
    } catch {
      if (this.#watch === null) picture.lostSince ??= asked
    }
    this.#made = null
  }
}
