import { once } from 'node:events'
import type { Config } from '../../config.ts'
import type { Events } from '../../events.ts'
import { follow } from '../../ledger/follow.ts'
import type { Keys } from '../../ledger/keys.ts'
import type { Run } from '../../ledger/run.ts'
import type { Redis } from '../../redis.ts'
import { redisSentence } from '../../redis-errors.ts'
import { type RedisFacts, redisFacts } from '../../redis-facts.ts'
import type { Picture } from './picture.ts'
import { COMMANDS, takeReading } from './reading.ts'
import { readRuns } from './strip.ts'

/** How often a reading is taken where there are few schedules, ms. */
const PERIOD = 2000
/** Commands that watching may cost Redis, per second. */
const BUDGET = 150
/** How often Redis is asked what it says of itself, ms. */
const FACTS = 10_000
/** How long after a failure Redis is tried again, ms, and after many of them. */
const RETRY = 1000
const LONGEST_RETRY = 8000

export interface WatchOptions {
  redis: Redis
  keys: Keys
  config: Config
  events: Events
  picture: Picture
  /** It was stopped. */
  ended: () => void
  heard: {
    /** The picture is a new one, or was lost and is back. */
    all(): void
    /** Everything but the runs is new, or Redis has just been lost. */
    state(): void
    runs(runs: Run[]): void
  }
}

/**
 * Keeps a picture up to date until stopped: readings at a period that keeps its cost bounded, and
 * runs as they are recorded. It lives in sessions: one ends when Redis is lost, and the next begins
 * by reading everything anew.
 */
export class Watch {
  readonly #options: WatchOptions
  readonly #stop = new AbortController()
  readonly #done: Promise<void>
  #wake = () => {}
  #facts: { at: number; facts: RedisFacts } | null = null
  #asked = 0
  #closedAt: number | null = null
  #failures = 0
  #unheard = ''

  constructor(options: WatchOptions) {
    this.#options = options
    this.#done = this.#run()
  }

  /** Takes a reading now: something has just been done. */
  look(): void {
    this.#wake()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#wake()
    await this.#done
  }

  async #run(): Promise<void> {
    const { redis } = this.#options
    const { signal } = this.#stop
    const ready = () => this.#wake()
    redis.on('ready', ready)
    while (!signal.aborted) {
      await this.#session().catch(error => this.#lose(error))
      await this.#pause(Math.min(RETRY * 2 ** this.#failures++, LONGEST_RETRY))
    }
    redis.off('ready', ready)
    this.#options.ended()
  }

  #lose(error: Error): void {
    const { picture, heard, events } = this.#options
    if (this.#stop.signal.aborted) return
    if (picture.lostSince !== null) return
    if (error.name === 'ReplyError') {
      const message = `Redis does not let the dashboard read: ${redisSentence(error)}`
      events.emit('warning', { part: 'dashboard', message })
    }
    picture.lostSince = this.#closedAt ?? this.#asked
    heard.state()
  }

  /** Ends by rejecting: when Redis is lost, or when told to stop. */
  async #session(): Promise<never> {
    const { redis, keys, picture, heard } = this.#options
    const end = new AbortController()
    const signal = AbortSignal.any([end.signal, this.#stop.signal])
    this.#closedAt = null
    const lost = once(redis, 'close', { signal }).then(() => {
      this.#closedAt = Date.now()
      throw new Error('the connection to Redis was lost')
    })
    lost.catch(() => 0)
    let following: Promise<never> | undefined
    try {
      await Promise.race([this.#read(), lost])
      await new Promise<void>((begun, failed) => {
        following = this.#follow(signal, begun)
        following.catch(failed)
        lost.catch(failed)
      })
      this.#failures = 0
      heard.all()
      const over = Promise.race([lost, following as unknown as Promise<never>])
      over.catch(() => 0)
      for (;;) {
        await Promise.race([this.#pause(this.#period), over])
        const fresh = await Promise.race([this.#read(), over])
        if (fresh.length > 0) {
          const runs = await readRuns(redis, keys, fresh, picture.room)
          signal.throwIfAborted()
          picture.add(runs)
          heard.all()
        } else heard.state()
      }
    } finally {
      end.abort()
      await following?.catch(() => 0)
    }
  }

  /** Takes a reading; returns the schedules that are new. */
  async #read(): Promise<string[]> {
    const { redis, keys, config, picture } = this.#options
    const asked = Date.now()
    this.#asked = asked
    const old = asked - (this.#facts?.at ?? 0) >= FACTS
    const [reading, facts] = await Promise.all([
      takeReading(redis, keys),
      old ? redisFacts(redis, config.redis.url) : null,
    ])
    if (facts !== null) this.#facts = { at: asked, facts }
    return picture.take(reading, facts)
  }

  /** Ends by rejecting. */
  async #follow(signal: AbortSignal, begun: () => void): Promise<never> {
    const { redis, keys, picture, heard } = this.#options
    let known = false
    const all = follow({
      ...{ redis, keys, signal },
      schedules: async () => picture.ids,
      fits: ({ schedule }) => picture.has(schedule),
      past: () => readRuns(redis, keys, picture.ids),
      tell: () => {},
      deaf: message => this.#deaf(message),
      period: () => this.#period,
    })
    for await (const runs of all) {
      if (known) {
        const fresh = picture.add(runs)
        if (fresh.length > 0) heard.runs(fresh)
      } else {
        picture.renew(runs)
        known = true
        begun()
      }
    }
    throw new Error('nothing is followed any more')
  }

  #deaf(message: string): void {
    const { events } = this.#options
    if (message !== this.#unheard) events.emit('warning', { part: 'dashboard', message })
    this.#unheard = message
  }

  get #period(): number {
    const commands = COMMANDS * this.#options.picture.ids.length
    return Math.max(PERIOD, (commands * 1000) / BUDGET)
  }

  #pause(ms: number): Promise<void> {
    this.#wake()
    if (this.#stop.signal.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
