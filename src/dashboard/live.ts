import type { Config } from '../config.ts'
import type { Events } from '../events.ts'
import type { Keys } from '../ledger/keys.ts'
import type { Redis } from '../redis.ts'

export interface LiveOptions {
  redis: Redis
  keys: Keys
  config: Config
  events: Events
  version: string
}

/** Watches Redis for all open pages together, and only while one is open. */
export class Live {
  readonly #options: LiveOptions

  constructor(options: LiveOptions) {
    this.#options = options
  }

  async stop(): Promise<void> {
    void this.#options
  }
}
