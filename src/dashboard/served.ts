import type { HttpBindings } from '@hono/node-server'
import type { Config } from '../config.ts'
import type { Events } from '../events.ts'
import type { Keys } from '../ledger/keys.ts'
import type { Redis } from '../redis.ts'
import type { Live } from './live/live.ts'

/** What every route of the dashboard has at hand. */
export interface Served {
  /** Its commands fail within 5 s, or at once while Redis is out of reach. */
  redis: Redis
  keys: Keys
  config: Config
  events: Events
  version: string
  live: Live
}

export interface Env {
  Bindings: HttpBindings
  Variables: {
    /** Who asks: a user name, or an address where nobody has to log in. */
    by: string
  }
}
