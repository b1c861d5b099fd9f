import { Writable } from 'node:stream'
import { type TornWrite, whyNotWritten } from './outputs.ts'

/** So much may wait for a reader who is slow, characters. */
const MOST = 1_000_000
/** A log that is broken is tried again after this long, where nothing else is to be written, ms. */
const AGAIN = 5000

/** Lines that are missing in a log. */
export interface Loss {
  lines: number
  /** Epoch ms. */
  since: number
  why: string
}

export interface LastingLogOptions {
  /** How the log says, once it works again, what is missing. */
  notice(loss: Loss): string
  /** Called where the log fails after it has worked: somebody may hear of it elsewhere. */
  onBroken(why: string): void
}

type Target = NodeJS.WritableStream & { isTTY?: boolean; writableLength?: number }

/**
 * A log that its process survives: what a full disk, a closed terminal or a reader that has gone, or
 * does not read, keeps from being written is counted, and said as soon as something can be written
 * again. It never fails and never lets anybody wait. One text is one line.
 */
export class LastingLog extends Writable {
  readonly isTTY: boolean
  readonly #target: Target
  readonly #options: LastingLogOptions
  #loss: Loss | null = null
  #broken = false
  #torn = false
  #timer: NodeJS.Timeout | undefined

  constructor(target: Target, options: LastingLogOptions) {
    super({ decodeStrings: false })
    this.#target = target
    this.#options = options
    this.isTTY = target.isTTY === true
  }

  override _write(text: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pass(String(text), 1)
    done()
  }

  override _final(done: () => void): void {
    clearInterval(this.#timer)
    if (this.#loss !== null) this.#pass('', 0)
    done()
  }

  #pass(text: string, lines: number): void {
    if ((this.#target.writableLength ?? 0) > MOST) {
      this.#lose(lines, 'nobody reads it')
      return
    }
    const before = this.#loss
    // The rest of a line that was cut off would be taken for a part of this one.
    const end = this.#torn ? '\n' : ''
    this.#loss = null
    this.#torn = false
    this.#target.write(
      end + (before === null ? '' : this.#options.notice(before)) + text,
      (error?: TornWrite | null) => {
        if (!error) {
          this.#broken = false
          return
        }
        this.#torn ||= error.torn === true
        this.#lose(lines, whyNotWritten(error), before)
      },
    )
  }

  #lose(lines: number, why: string, before: Loss | null = null): void {
    const known = [this.#loss, before].filter(loss => loss !== null)
    this.#loss = {
      lines: known.reduce((sum, loss) => sum + loss.lines, lines),
      since: Math.min(...known.map(({ since }) => since), Date.now()),
      why,
    }
    this.#timer ??= setInterval(() => this.#loss && this.#pass('', 0), AGAIN).unref()
    if (this.#broken) return
    this.#broken = true
    this.#options.onBroken(why)
  }
}
