import { setTimeout as sleep, setImmediate as yielding } from 'node:timers/promises'
import { type Row, Timeline } from './timeline.ts'

/** What is new since the last reading. */
export interface News {
  /** What was read before does not stand in Redis any more. */
  lost: boolean
  /** The oldest that Redis has, epoch ms; Infinity when it has nothing. */
  first: number
  /** `rows` replace everything after this, epoch ms. */
  after: number
  /** Oldest first. */
  rows: Row[]
  /** Where to read on backwards, when this was the first reading; it begins with epoch ms. */
  oldest: string | null
  /** Where to read on the next time. */
  newest: string | null
}

/** One page backwards. */
export interface Page {
  /** Oldest first. */
  rows: Row[]
  /** Where to read on; null at the end. */
  oldest: string | null
}

/** Something in Redis that grows at its new end and is trimmed at its old one. */
export interface Source {
  /** From `newest` on; with null, the newest page. `known` is the newest that was read, epoch ms. */
  newer(newest: string | null, known: number): Promise<News>
  older(oldest: string): Promise<Page>
}

/** Rows that one history holds at most, the newest. */
const MOST = 250_000
/** Between pages that nobody waits for, ms. */
const PACE = 5

/**
 * A copy in memory of what a source holds, for charts. A request brings the new end up to date and
 * waits until enough of the past is there; the past is read backwards, page by page, once, also for
 * those who ask next. An outage of Redis ends the reading and leaves what was read.
 */
export class History {
  readonly timeline = new Timeline()
  readonly #source: Source
  #newest: string | null = null
  #oldest: string | null = null
  #refreshing: Promise<void> | undefined
  #reading: Promise<void> | undefined
  readonly #waiting = new Set<() => void>()
  /** How many wait for the past. */
  #hurried = 0
  #dropped = false

  constructor(source: Source) {
    this.#source = source
  }

  /**
   * Brings [from, now] up to date for at most `patience` ms. Resolves to false when a part of the
   * past is still to be read. Rejects as Redis does.
   */
  async reach(from: number, patience: number): Promise<boolean> {
    const deadline = Date.now() + patience
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    await this.#refreshing
    const reached = () => this.#oldest === null || this.#edge < from
    this.#hurried++
    try {
      while (!reached() && !this.#dropped && Date.now() < deadline) {
        await Promise.race([this.#readBack(), this.#page(deadline - Date.now())])
      }
    } finally {
      this.#hurried--
    }
    void this.#readBack().catch(() => {})
    return reached()
  }

  /** Reads no further, whoever waits. */
  drop(): void {
    this.#dropped = true
  }

  async #refresh(): Promise<void> {
    const { timeline } = this
    const begun = this.#newest !== null
    const news = await this.#source.newer(this.#newest, timeline.newest)
    if (news.lost) timeline.clear()
    else timeline.dropAfter(news.after)
    // What lies further back than the past that was read comes with the past.
    const edge = news.lost ? Number.NEGATIVE_INFINITY : this.#edge
    timeline.append(news.rows.filter(({ at }) => at >= edge))
    timeline.dropBefore(news.first)
    timeline.dropOldest(timeline.length - MOST)
    this.#newest = news.newest
    if (!begun || news.lost) this.#oldest = news.oldest
  }

  /** How far back was read, epoch ms: a place in a stream, and a slot, begins with its time. */
  get #edge(): number {
    return this.#oldest === null ? Number.NEGATIVE_INFINITY : Number.parseFloat(this.#oldest)
  }

  #readBack(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
      this.#ring()
    })
    return this.#reading
  }

  async #readAll(): Promise<void> {
    while (this.#oldest !== null && !this.#dropped) {
      const from = this.#oldest
      const { rows, oldest } = await this.#source.older(from)
      // Redis lost its data meanwhile.
      if (this.#oldest !== from) continue
      this.timeline.prepend(rows)
      this.#oldest = this.timeline.length >= MOST ? null : oldest
      this.#ring()
      await (this.#hurried > 0 ? yielding() : sleep(PACE))
    }
  }

  /** Until the next page is there, or `ms` are over. */
  #page(ms: number): Promise<void> {
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(end)
        resolve()
      }
      const timer = setTimeout(end, Math.max(1, ms))
      this.#waiting.add(end)
    })
  }

  #ring(): void {
    for (const end of [...this.#waiting]) end()
  }
}
