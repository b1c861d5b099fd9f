import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Config } from '../config.ts'
import type { Events } from '../events.ts'
import { type Check, redisCheck } from '../health/check.ts'
import { keysOf } from '../ledger/keys.ts'
import { listen } from '../listen.ts'
import { createRedis, type Redis } from '../redis.ts'
import type { Part } from '../service.ts'
import { dashboardApp } from './app.ts'
import { baseOf } from './base.ts'
import { Live } from './live/live.ts'

/** How long somebody at a page waits for Redis, ms. */
const PATIENCE = 5000
/** Pages that stay open hold a connection each; what comes beyond that is turned away. */
const CONNECTIONS = 1000

export interface DashboardOptions {
  config: Config
  events: Events
  version: string
  /** How many ports to try from the configured one on, while other programs have them. Default: 1. */
  ports?: number
}

interface Running {
  redis: Redis
  live: Live
}

/** The web server that shows what stands in Redis. It starts, and says so, when Redis is out of reach, too. */
export class Dashboard implements Part {
  readonly #options: DashboardOptions
  readonly #server: Server
  #redis: Redis | undefined
  #opening: Promise<Running> | undefined
  #closing: Promise<void> | undefined

  constructor(options: DashboardOptions) {
    this.#options = options
    this.#server = createServer()
    this.#server.maxConnections = CONNECTIONS
  }

  /** Where it listens, once it does: `http://127.0.0.1:3000/`. */
  get url(): string {
    const { dashboard } = this.#options.config
    const address = this.#server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    return `http://${dashboard.host}:${port}${baseOf(dashboard)}`
  }

  checks(): Check[] {
    const { listening } = this.#server
    const detail = listening ? this.url : 'does not listen yet'
    return [
      redisCheck(this.#redis?.status === 'ready'),
      { name: 'listening', probe: 'readyz', ok: listening, detail },
    ]
  }

  /** Resolves when it listens; throws UserError where the address is not to be had. */
  async start(): Promise<void> {
    this.#opening ??= this.#open()
    await this.#opening
  }

  /** Pages that are open lose their connection at once. */
  async stop(): Promise<void> {
    if (this.#opening !== undefined) this.#closing ??= this.#close(this.#opening)
    await this.#closing
  }

  async #open(): Promise<Running> {
    const { config, events, version, ports = 1 } = this.#options
    const { host, port } = config.dashboard
    await listen({ server: this.#server, part: 'dashboard', host, port, ports })
    const redis = createRedis(config.redis, 'dashboard', events, PATIENCE)
    this.#redis = redis
    const keys = keysOf(config.redis.prefix)
    const live = new Live({ redis, keys, config, events, version })
    try {
      const app = dashboardApp({ redis, keys, config, events, version, live })
      // Nothing was heard before: connections are accepted in a later turn of the event loop.
      this.#server.on('request', getRequestListener(app.fetch))
    } catch (error) {
      redis.disconnect()
      await this.#hangUp(live)
      throw error
    }
    events.emit('started', { part: 'dashboard', detail: this.url })
    return { redis, live }
  }

  async #close(opening: Promise<Running>): Promise<void> {
    const running = await opening.catch(() => null)
    if (running === null) return
    await this.#hangUp(running.live)
    running.redis.disconnect()
    this.#options.events.emit('stopped', { part: 'dashboard', detail: '' })
  }

  async #hangUp(live: Live): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    await live.stop()
    this.#server.closeAllConnections()
    await closed
  }
}
