import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { isIPv6 } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { engineApp, type SimulatedCall } from './engine-app.ts'

export interface SimulatedEngineOptions {
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
  /** Share of calls that fail, 0 to 1: by 500, by 503 or by a reset connection. */
  errorRate?: number
  /** Of an access token, ms. Default 15 min. */
  tokenLife?: number
  /** How long an update takes that has to move the position, ms. Default 2 s. */
  rebalanceTime?: number
  /** Of the price. Default: at random. */
  seed?: number
  startStopped?: boolean
  onCall?: (call: SimulatedCall) => void
}

export interface SimulatedEngine {
  url: string
  host: string
  port: number
  username: string
  password: string
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
  const app = engineApp({
    username,
    password,
    latency: options.latency ?? 0,
    latencyJitter: options.latencyJitter ?? 0,
    errorRate: options.errorRate ?? 0,
    tokenLife: options.tokenLife ?? 15 * 60_000,
    rebalanceTime: options.rebalanceTime ?? 2000,
    seed: options.seed ?? randomBytes(4).readUInt32LE(),
    running: !options.startStopped,
    onCall: options.onCall ?? (() => {}),
  })
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
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
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
