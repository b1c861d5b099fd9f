import type { Run } from '../../ledger/run.ts'
import { EventStream, encodeEvent, HEARTBEAT } from './event-stream.ts'

/** Pages that may be open at the same time. */
const MOST = 256
/** Runs that are recorded this close together go out together, ms. */
const GATHER = 100
/** How often is looked whether something must be said, and after how long a silence it must, ms. */
const BEAT = 4000
const SILENCE = 5000
/** A page that takes nothing for this long is cut off, ms. */
const STUCK = 30_000

export interface AudienceOptions {
  /** `LiveEvents['snapshot']` and `LiveEvents['state']` as JSON, as of now. */
  snapshot: () => string
  state: () => string
  /** The last page has left. */
  empty: () => void
}

/** The open pages. What they are told is made once for all of them. */
export class Audience {
  /** Is there something to tell a page that opens? */
  informed = false
  readonly #options: AudienceOptions
  readonly #pages = new Set<EventStream>()
  #runs: Run[] = []
  #gather: NodeJS.Timeout | undefined
  #beat: NodeJS.Timeout | undefined
  #saidAt = 0
  #encoded: { json: string; event: Uint8Array } = { json: '', event: HEARTBEAT }

  constructor(options: AudienceOptions) {
    this.#options = options
  }

  /** The events of a page that opens; null when too many are open. `cut` must end its connection. */
  join(cut: () => void): ReadableStream<Uint8Array> | null {
    if (this.#pages.size >= MOST) return null
    const page = new EventStream({
      drained: page => this.informed && this.#refresh(page),
      left: page => this.#leave(page),
      cut,
    })
    this.#pages.add(page)
    this.#beat ??= setInterval(() => this.#look(), BEAT)
    if (this.informed) {
      this.#flush()
      this.#refresh(page)
    }
    return page.body
  }

  /** Everything is new: each page gets a snapshot. */
  tellAll(): void {
    for (const page of this.#pages) page.stale = true
    this.tellState()
  }

  /** A snapshot to pages that have none, or could not keep up. */
  tellState(): void {
    this.informed = true
    this.#flush()
    this.#saidAt = Date.now()
    if ([...this.#pages].some(({ stale }) => !stale)) {
      this.#send(encodeEvent('state', this.#options.state()))
    }
    for (const page of this.#pages) if (page.stale) this.#refresh(page)
  }

  /** The first at once, what follows closely together with others. */
  tellRuns(runs: readonly Run[]): void {
    this.#runs.push(...runs)
    if (this.#gather !== undefined) return
    this.#flush()
    this.#gather = setTimeout(() => {
      this.#gather = undefined
      this.#flush()
    }, GATHER)
  }

  /** Ends all streams. */
  end(): void {
    for (const page of this.#pages) page.end()
    this.#pages.clear()
    this.#rest()
  }

  #leave(page: EventStream): void {
    this.#pages.delete(page)
    if (this.#pages.size > 0) return
    this.#rest()
    this.#options.empty()
  }

  #rest(): void {
    clearInterval(this.#beat)
    clearTimeout(this.#gather)
    this.#beat = undefined
    this.#gather = undefined
    this.#runs = []
  }

  #look(): void {
    for (const page of this.#pages) {
      if (page.fullSince !== null && Date.now() - page.fullSince >= STUCK) page.cut()
    }
    if (Date.now() - this.#saidAt < SILENCE) return
    if (this.informed) this.tellState()
    else for (const page of this.#pages) page.send(HEARTBEAT)
  }

  #flush(): void {
    const runs = this.#runs.splice(0)
    if (runs.length > 0) this.#send(encodeEvent('runs', JSON.stringify(runs)))
  }

  /** To all pages that know what came before. */
  #send(event: Uint8Array): void {
    for (const page of this.#pages) if (!page.stale) page.stale = !page.send(event)
  }

  #refresh(page: EventStream): void {
    const json = this.#options.snapshot()
    if (json !== this.#encoded.json) this.#encoded = { json, event: encodeEvent('snapshot', json) }
    page.stale = !page.send(this.#encoded.event)
  }
}
