import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Config } from '../config.ts'
import type { Events } from '../events.ts'
import { listen } from '../listen.ts'
import type { Part } from '../service.ts'
import type { Checked } from './check.ts'
import { type Reply, replyTo } from './reply.ts'
import { StandingsReader } from './standings.ts'

/** What comes beyond that is turned away: only probes ask. */
const CONNECTIONS = 32
/** A question must be there within this, ms. */
const PATIENCE = 3000
/** Bytes of its head. */
const HEAD = 8192

export interface HealthOptions {
  config: Config
  events: Events
  version: string
  /** Aborted when the process is told to stop. */
  signal: AbortSignal
  /** By their names; read anew at every question, so they may come later. */
  parts: Readonly<Record<string, Checked>>
}

/**
 * Answers /livez, /readyz and /healthz for one process, where a port is set for it; without one it
 * does nothing. Started before the parts that it tells of, and stopped after them.
 */
export class Health implements Part {
  readonly #options: HealthOptions
  readonly #standings: StandingsReader
  readonly #since = Date.now()
  #server: Server | undefined
  #stopped: Promise<void> | undefined

  constructor(options: HealthOptions) {
    this.#options = options
    this.#standings = new StandingsReader(options.config)
  }

  /** Where it answers, once it does: `http://127.0.0.1:8080/`; null where it does not. */
  get url(): string | null {
    const address = this.#server?.address()
    if (typeof address !== 'object' || !address) return null
    return `http://${this.#options.config.health.host}:${address.port}/`
  }

  /** Resolves when it answers; throws UserError where the address is not to be had. */
  async start(): Promise<void> {
    const { host, port } = this.#options.config.health
    if (port === null || this.#server !== undefined || this.#stopped !== undefined) return
    this.#server = createServer(
      {
        headersTimeout: PATIENCE,
        requestTimeout: PATIENCE,
        connectionsCheckingInterval: PATIENCE / 3,
        maxHeaderSize: HEAD,
      },
      (request, response) => void this.#answer(request, response),
    )
    this.#server.maxConnections = CONNECTIONS
    // Nor does it wait long for one who does not read the answer.
    this.#server.setTimeout(2 * PATIENCE)
    await listen({ server: this.#server, part: 'health', host, port })
    this.#options.events.emit('started', { part: 'health', detail: this.url ?? '' })
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#standings.close()
    const server = this.#server
    if (server?.listening !== true) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
    this.#options.events.emit('stopped', { part: 'health', detail: '' })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { config, version, signal, parts } = this.#options
    const reply = await replyTo(request, {
      parts,
      stopping: signal.aborted,
      about: { name: config.worker.name, version, since: this.#since },
      standings: () => this.#standings.read(),
    }).catch((error: unknown): Reply => ({ status: 500, body: `${message(error)}\n` }))
    const { status, type = 'text/plain; charset=utf-8', headers, body } = reply
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // What it did not read, a body among it, goes with the connection.
      connection: 'close',
      ...headers,
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.name : 'error'
}
