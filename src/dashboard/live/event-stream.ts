/** What may wait for a page that does not keep up, bytes; what comes then it does not get. */
const ROOM = 2 ** 20

const ENCODER = new TextEncoder()

/** An event as it goes over the line; `json` has no line breaks. */
export function encodeEvent(name: string, json: string): Uint8Array {
  return ENCODER.encode(`event: ${name}\ndata: ${json}\n\n`)
}

/** A line that says that we are there, and nothing else. */
export const HEARTBEAT: Uint8Array = ENCODER.encode(': \n\n')

/** Tries of a browser to be connected again are so many ms apart. */
const BEGIN = ENCODER.encode('retry: 1000\n\n')

export interface EventStreamOptions {
  /** It has room again, after it had none. */
  drained: (stream: EventStream) => void
  left: (stream: EventStream) => void
  /** Cuts the connection, also of a page that takes nothing. */
  cut: () => void
}

/**
 * The events of one page. What waits for a page that takes them slowly is bounded: it misses events,
 * and needs a snapshot once it has room.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>
  /** It needs a snapshot before anything else is of use to it. */
  stale = true
  /** Since when it takes nothing, epoch ms. */
  fullSince: number | null = null
  readonly #options: EventStreamOptions
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(options: EventStreamOptions) {
    this.#options = options
    const source = {
      start: (controller: ReadableStreamDefaultController<Uint8Array>) => {
        this.#controller = controller
        controller.enqueue(BEGIN)
      },
      pull: () => {
        if (this.fullSince === null) return
        this.fullSince = null
        options.drained(this)
      },
      cancel: () => {
        this.#controller = undefined
        options.left(this)
      },
    }
    const size = (chunk?: Uint8Array) => chunk?.byteLength ?? 0
    this.body = new ReadableStream(source, { highWaterMark: ROOM, size })
  }

  /** False when there is no room for it: then it is not sent. */
  send(event: Uint8Array): boolean {
    if (this.#controller === undefined) return false
    if ((this.#controller.desiredSize ?? 0) <= 0) {
      this.fullSince ??= Date.now()
      return false
    }
    this.#controller.enqueue(event)
    return true
  }

  end(): void {
    this.#controller?.close()
    this.#controller = undefined
  }

  /** For one that takes nothing, not even its end. */
  cut(): void {
    this.#controller = undefined
    this.#options.left(this)
    this.#options.cut()
  }
}
