import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { isIPv6 } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Generation, Step } from '../simulation.ts'
import { engineApp, type SimulatedCall } from './engine-app.ts'
import { EngineTokens } from './engine-tokens.ts'
import { Trading, type Transaction } from './trading.ts'

export interface SimulatedEngineOptions {
  /** How it speaks. Default: first. */
  generation?: Generation
  /** Default 127.0.0.1. */
  host?: string
  /** 0 or absent: any free port. */
  port?: number
  /** Default `admin`. */
  username?: string
  /** Default: a random one, to be read from the engine. */
  password?: string
  /** Time per call of update-engine and stats, ms; jitter comes on top, at random up to that. */
  latency?: number
  latencyJitter?: number
  /** Share of calls that fail, 0 to 1, after their work: by 500 or by a reset connection. */
  errorRate?: number
  /** A step that always fails. */
  fail?: Step
  /** Connections are kept; the real engine closes each after its answer. */
  keepAlive?: boolean
  /** Of an access token, ms. Default 15 min. */
  tokenLife?: number
  /** How long an update takes that has to move the position, ms; /start and /stop a part of it. Default 2 s. */
  rebalanceTime?: number
  /** Of the price. Default: at random. */
  seed?: number
  startStopped?: boolean
  onCall?: (call: SimulatedCall) => void
  onTransaction?: (transaction: Transaction) => void
}

export interface SimulatedEngine {
  url: string
  host: string
  port: number
  username: string
  password: string
  /** This step fails from now on, or so many times: update-engine, /start or /stop ends half-way. */
  fail(step: Step, times?: number): void
  /** No step fails any more. */
  heal(): void
  /** Moves the price to where the next update has to rebalance. */
  leaveRange(): void
  /** Says these in every position beside its own fields, or instead of them: NaN, 2n ** 256n. */
  say(fields: Readonly<Record<string, unknown>>): void
  /** As after a restart: all tokens become invalid. */
  newSecret(): void
  /** Cuts all connections. May be called twice. */
  close(): Promise<void>
}

/**
 * A trading engine with the HTTP API of the real one and a market of its own, that moves no money.
 * Rejects with the system's error when it cannot listen (code EADDRINUSE, for one).
 */
export async function startSimulatedEngine(
  options: SimulatedEngineOptions = {},
): Promise<SimulatedEngine> {
  const host = options.host ?? '127.0.0.1'
  const username = options.username ?? 'admin'
  const password = options.password ?? randomBytes(12).toString('base64url')
  const tokens = new EngineTokens({ accessLife: options.tokenLife ?? 15 * 60_000 })
  const trading = new Trading({
    seed: options.seed ?? randomBytes(4).readUInt32LE(),
    running: !options.startStopped,
    rebalanceTime: options.rebalanceTime ?? 2000,
    onTransaction: options.onTransaction ?? (() => {}),
  })
  if (options.fail) trading.fail(options.fail)
  let fields: Readonly<Record<string, unknown>> = {}
  const app = engineApp({
    generation: options.generation ?? 'first',
    username,
    password,
    latency: options.latency ?? 0,
    latencyJitter: options.latencyJitter ?? 0,
    errorRate: options.errorRate ?? 0,
    trading,
    tokens,
    fields: () => fields,
    onCall: options.onCall ?? (() => {}),
  })
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  if (!options.keepAlive) {
    server.prependListener('request', (_, response) => response.setHeader('connection', 'close'))
  }
  server.listen(options.port ?? 0, host)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    host,
    port,
    username,
    password,
    fail: (step, times) => trading.fail(step, times),
    heal: () => trading.heal(),
    leaveRange: () => trading.leaveRange(),
    say: said => {
      fields = said
    },
    newSecret: () => tokens.newSecret(),
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
