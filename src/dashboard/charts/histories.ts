import type { Keys } from '../../ledger/keys.ts'
import type { Redis } from '../../redis.ts'
import { callSource } from './call-history.ts'
import { History } from './history.ts'
import { statsSource } from './stats-history.ts'

/** Histories kept at most: those that were asked for last. */
const MOST = 24
/** One that nobody asks for goes after this, ms. */
const FORGOTTEN = 600_000

/** The histories that pages look at, each read once for all of them and forgotten after a while. */
export class Histories {
  readonly #redis: Redis
  readonly #keys: Keys
  readonly #kept = new Map<string, { history: History; timer: NodeJS.Timeout }>()

  constructor({ redis, keys }: { redis: Redis; keys: Keys }) {
    this.#redis = redis
    this.#keys = keys
  }

  stats(engine: string): History {
    const source = () => statsSource(this.#redis, this.#keys, engine)
    return this.#get(this.#keys.stats(engine), () => new History(source()))
  }

  calls(schedule: string): History {
    const source = () => callSource(this.#redis, this.#keys, schedule)
    return this.#get(this.#keys.runs(schedule), () => new History(source()))
  }

  #get(key: string, make: () => History): History {
    const history = this.#kept.get(key)?.history ?? make()
    this.#drop(key)
    // It holds nothing but memory: the process may end before.
    const timer = setTimeout(() => this.#forget(key), FORGOTTEN).unref()
    this.#kept.set(key, { history, timer })
    for (const oldest of [...this.#kept.keys()].slice(0, -MOST)) this.#forget(oldest)
    return history
  }

  #forget(key: string): void {
    this.#kept.get(key)?.history.drop()
    this.#drop(key)
  }

  #drop(key: string): void {
    clearTimeout(this.#kept.get(key)?.timer)
    this.#kept.delete(key)
  }
}
