import { lasting } from '../lasting.ts'
import type { Redis } from '../redis.ts'
import { unlessDenied } from '../redis-errors.ts'
import { recordedChannel } from './channel.ts'
import type { Keys } from './keys.ts'
import { parseRun } from './ledger.ts'
import type { Run } from './run.ts'

/** How often the ledger is read: what is announced while Redis is out of reach is not heard. */
const PERIOD = 1000

/** A call by hand that somebody waits for. */
export interface Request {
  schedule: string
  id: string
  /** When it was asked, epoch ms. */
  at: number
}

/** Waits for the verdicts of calls by hand, through outages of Redis. Open it before asking. */
export class Answers {
  readonly #subscriber: Redis
  readonly #reader: Redis
  readonly #keys: Keys
  readonly #heard: Run[] = []
  #ring = () => {}

  private constructor(redis: Redis, keys: Keys) {
    this.#subscriber = lasting(redis)
    this.#reader = lasting(redis)
    this.#keys = keys
    this.#subscriber.on('message', (_channel, json) => {
      const manual = parseRun(json).filter(run => run.manual === true)
      this.#heard.push(...manual)
      if (manual.length > 0) this.#ring()
    })
  }

  static async open(redis: Redis, keys: Keys): Promise<Answers> {
    const answers = new Answers(redis, keys)
    const subscriber = answers.#subscriber
    try {
      const channel = recordedChannel(redis, keys)
      // Who may not listen finds the answer in the ledger a moment later.
      await subscriber.subscribe(channel).catch(unlessDenied)
      subscriber.on('ready', () => void subscriber.subscribe(channel).catch(() => 0))
      return answers
    } catch (error) {
      answers.close()
      throw error
    }
  }

  /** The run that answers the request; null when `signal` comes first. */
  async to(request: Request, signal: AbortSignal): Promise<Run | null> {
    const aborted = new Promise<null>(resolve => {
      if (signal.aborted) resolve(null)
      signal.addEventListener('abort', () => resolve(null), { once: true })
    })
    while (!signal.aborted) {
      const found = await Promise.race([this.#find(request), aborted])
      if (found !== null) return found
      const heard = this.#heard.find(run => run.request === request.id)
      if (heard !== undefined) return heard
      await this.#pause(signal)
    }
    return null
  }

  close(): void {
    this.#subscriber.disconnect()
    this.#reader.disconnect()
  }

  /** The books settle a call whose worker is lost without naming the request: its time names it. */
  async #find({ schedule, id, at }: Request): Promise<Run | null> {
    const members = await this.#reader
      .zrangebyscore(this.#keys.manual(schedule), at, at)
      .catch(() => [])
    const runs = members.flatMap(parseRun)
    return runs.find(({ request = id }) => request === id) ?? null
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, PERIOD)
      signal.addEventListener('abort', end, { once: true })
      this.#ring = end
      if (signal.aborted) end()
    })
  }
}
