import http from 'node:http'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import type { Stage } from './responses.ts'

/** ms that a connection may lie idle: less than any server that we know of waits. */
const IDLE = 1_500
/** ms that a connection may wait for its first request. */
const UNUSED = 5_000
/** ms that connecting may take, TLS included. */
const CONNECT = 10_000
/** ms before its slot that a connection is opened when a call is prepared very early. */
const AHEAD = 1_000
/** ms that a connection must live beyond the slot to count, and a prepared call beside it. */
const MARGIN = 100

export interface ConnectionsOptions {
  url: URL
  /** PEM; null: the authorities that Node.js trusts. */
  ca: string | null
  /** ms that connecting may take at most. */
  timeout: number
}

/**
 * The connections to one engine. A server closes an idle connection whenever it likes, and a call
 * that meets this moment is lost, so ours are young: one that was idle for 1.5 s is not used again,
 * and `warm` opens one shortly before the slot when no other will be young enough by then.
 */
export class Connections extends http.Agent {
  readonly #open: () => net.Socket
  readonly #stages = new WeakMap<Duplex, Stage>()
  readonly #idleUntil = new WeakMap<Duplex, number>()
  readonly #warm = new Set<net.Socket>()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** The slots of the prepared calls that have no connection yet. */
  #expected: number[] = []
  #session: Buffer | undefined

  constructor({ url, ca, timeout }: ConnectionsOptions) {
    // First in, first out: all of them stay in use, none grows old while others do the work.
    super({ keepAlive: true, scheduling: 'fifo', timeout: IDLE })
    const secure = url.protocol === 'https:'
    Object.assign(this, { protocol: url.protocol, defaultPort: secure ? 443 : 80 })
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = Number(url.port) || (secure ? 443 : 80)
    const target = { host, port, noDelay: true, autoSelectFamilyAttemptTimeout: 1_000 }
    const limit = Math.min(timeout, CONNECT)
    if (secure) {
      const trust = {
        secureContext: tls.createSecureContext(ca === null ? {} : { ca }),
        ALPNProtocols: ['http/1.1'],
        ...(net.isIP(host) ? {} : { servername: host }),
      }
      this.#open = () => {
        const resumed = this.#session ? { session: this.#session } : {}
        return this.#follow(
          tls.connect({ ...target, ...trust, ...resumed }),
          'secureConnect',
          limit,
        )
      }
    } else {
      this.#open = () => this.#follow(net.connect(target), 'connect', limit)
    }
  }

  /** How far the connection under a request has come; `connecting` when it has none yet. */
  stage(request: http.ClientRequest | null): Stage {
    if (!request?.socket) return 'connecting'
    return this.#stages.get(request.socket) ?? 'ready'
  }

  /**
   * Sees to it that a call at `slot` (epoch ms) finds an open connection. Resolves when it is open,
   * when it failed (the call will try for itself), or at the slot.
   */
  async warm(slot: number): Promise<void> {
    const wait = slot - Date.now()
    if (wait > 2 * AHEAD) this.#later(() => this.#expect(slot), wait - AHEAD)
    else await this.#expect(slot)
  }

  /** Closes all connections, also those in use. */
  override destroy(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    for (const socket of this.#warm) socket.destroy()
    super.destroy()
  }

  override createConnection(): Duplex {
    this.#expected.shift()
    // The oldest first: a server that serves one connection after the other reads that one first.
    for (const socket of this.#warm) {
      this.#warm.delete(socket)
      // Bytes before our request are not its answer: some servers say so before they hang up.
      if (socket.writable && socket.readableLength === 0) {
        socket.setTimeout(0)
        return socket.ref()
      }
      socket.destroy()
    }
    return this.#open()
  }

  override keepSocketAlive(socket: Duplex): boolean {
    // Heeds the time-out that the server announces, and may decide against keeping it.
    const keep = super.keepSocketAlive(socket) as unknown as boolean
    this.#idleUntil.set(socket, Date.now() + ((socket as net.Socket).timeout ?? 0))
    return keep
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    this.#expected.shift()
    super.reuseSocket(socket, request)
    ;(socket as net.Socket).setTimeout(0)
  }

  #later(act: () => Promise<void>, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void act()
    }, ms)
    timer.unref()
    this.#timers.add(timer)
  }

  async #expect(slot: number): Promise<void> {
    const now = Date.now()
    this.#expected = this.#expected.filter(expected => expected > now - MARGIN)
    this.#expected.push(slot)
    if (this.#warm.size + this.#youngAt(slot) >= this.#expected.length) return
    const socket = this.#open()
    this.#warm.add(socket)
    socket.setTimeout(UNUSED, () => this.#warm.has(socket) && socket.destroy())
    await new Promise<void>(resolve => {
      const timer = setTimeout(() => done(), Math.max(0, slot - now))
      const done = () => {
        clearTimeout(timer)
        // Nobody waits for it yet: it must not keep the process alive.
        if (this.#warm.has(socket)) socket.unref()
        resolve()
      }
      socket.once(socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect', done)
      socket.once('close', done)
    })
  }

  #youngAt(slot: number): number {
    let count = 0
    for (const sockets of Object.values(this.freeSockets)) {
      for (const socket of sockets ?? []) {
        const until = this.#idleUntil.get(socket) ?? 0
        if (!socket.destroyed && until > slot + MARGIN) count++
      }
    }
    return count
  }

  #follow<S extends net.Socket>(socket: S, ready: 'connect' | 'secureConnect', limit: number): S {
    this.#stages.set(socket, 'connecting')
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('connecting took too long'), { code: 'ETIMEDOUT' }))
    }, limit)
    // `ready` comes after the certificate was verified, and only when it was found good.
    if (ready !== 'connect') socket.once('connect', () => this.#stages.set(socket, 'securing'))
    socket.once(ready, () => {
      clearTimeout(timer)
      this.#stages.set(socket, 'ready')
    })
    socket.on('session', (session: Buffer) => {
      this.#session = session
    })
    // A connection that nobody uses yet fails in silence; whoever uses it listens for itself.
    socket.on('error', () => {
      if (this.#stages.get(socket) === 'securing') this.#session = undefined
    })
    socket.once('close', () => {
      clearTimeout(timer)
      this.#warm.delete(socket)
    })
    return socket
  }
}
