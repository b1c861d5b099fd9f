import { once } from 'node:events'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Config } from '../config.ts'
import type { Events } from '../events.ts'
import { keysOf } from '../ledger/keys.ts'
import { createRedis, type Redis } from '../redis.ts'
import type { Part } from '../service.ts'
import { dashboardApp } from './app.ts'
import { Live } from './live.ts'

/** How long somebody at a page waits for Redis, ms. */
const PATIENCE = 5000

export interface DashboardOptions {
  config: Config
  events: Events
  version: string
}

/** The web server that shows what stands in Redis. It starts, and says so, when Redis is out of reach, too. */
export class Dashboard implements Part {
  readonly #options: DashboardOptions
  #redis: Redis | undefined
  #server: Server | undefined
  #live: Live | undefined

  constructor(options: DashboardOptions) {
    this.#options = options
  }

  /** Where it listens, once it does: `http://127.0.0.1:3000/`. */
  get url(): string {
    const { host, path } = this.#options.config.dashboard
    const address = this.#server?.address()
    const port = typeof address === 'object' && address ? address.port : 0
    return `http://${host}:${port}${path === '/' ? '/' : `${path}/`}`
  }

  /** Resolves when it listens; rejects with the system's error when it cannot (EADDRINUSE). */
  async start(): Promise<void> {
    if (this.#server !== undefined) return
    const { config, events, version } = this.#options
    const { host, port } = config.dashboard
    const redis = createRedis(config.redis, 'dashboard', events, PATIENCE)
    this.#redis = redis
    const keys = keysOf(config.redis.prefix)
    const live = new Live({ redis, keys, config, events, version })
    this.#live = live
    const app = dashboardApp({ redis, keys, config, events, version, live })
    const server = createAdaptorServer({ fetch: app.fetch }) as Server
    this.#server = server
    server.listen(port, host.replace(/^\[(.*)\]$/, '$1'))
    await once(server, 'listening')
    events.emit('started', { part: 'dashboard', detail: this.url })
  }

  async stop(): Promise<void> {
    const [server, redis, live] = [this.#server, this.#redis, this.#live]
    if (server?.listening) {
      const closed = once(server, 'close')
      server.close()
      await live?.stop()
      server.closeAllConnections()
      await closed
      this.#options.events.emit('stopped', { part: 'dashboard', detail: '' })
    }
    redis?.disconnect()
  }
}
