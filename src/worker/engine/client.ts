import type { JobName } from '../../jobs.ts'
import { Connections } from './connections.ts'
import { detail } from './detail.ts'
import { abortedError, EngineError } from './errors.ts'
import { Line } from './line.ts'
import { type Classification, classify, type Failure } from './responses.ts'
import { type Announcer, Session } from './session.ts'
import type { Token } from './token.ts'

export interface EngineTarget {
  id: string
  /** e.g. `https://[::1]:5000` or `http://host:5000/base`, no slash at its end. */
  url: string
  username: string
  password: string
  /** PEM of the authorities to trust; null: those that Node.js trusts. */
  ca: string | null
}

export interface EngineClientOptions {
  engine: EngineTarget
  /** ms that a call may take from the send to the last byte, a second send included. */
  timeout: number
  /** Statuses by which a proxy refuses a call before the engine has it. */
  notExecuted?: readonly number[]
  events: Announcer
}

export interface Call {
  job: JobName
  idempotencyKey: string
  /** None for a call that no lease covers, and that must not outdo one that is covered. */
  fencingToken?: number
}

/** `sentAt`: epoch ms of the last send, null if there was none; `durationMs` counts from it. */
export type CallResult = Classification & { durationMs: number; sentAt: number | null }

const PATHS: Readonly<Record<JobName, string>> = {
  'update-engine': '/update-engine',
  'get-stats': '/stats',
}

/** Calls one engine. `prepare` does everything slow ahead of the slot, so that `call` only sends. */
export class EngineClient {
  readonly #options: EngineClientOptions
  readonly #connections: Connections
  /** Logins have connections of their own, so that they never take one that a call counts on. */
  readonly #loginConnections: Connections
  readonly #line: Line
  readonly #session: Session
  readonly #closing = new AbortController()

  constructor(options: EngineClientOptions) {
    const { engine, timeout, events } = options
    const target = { url: new URL(engine.url), ca: engine.ca, timeout }
    this.#options = options
    this.#connections = new Connections(target)
    this.#loginConnections = new Connections(target)
    this.#line = new Line(engine.url, this.#connections)
    const line = new Line(engine.url, this.#loginConnections)
    this.#session = new Session({ engine, line, timeout, events })
  }

  /**
   * Makes the call at `slot` (epoch ms) need nothing but the send: a token that is good beyond the
   * slot, and an open connection. Throws EngineError when no token can be had. A connection that
   * fails is no error here, the call will find out.
   */
  async prepare(slot: number): Promise<void> {
    this.#open()
    await this.#session.ensure(slot)
    this.#open()
    await this.#connections.warm(slot)
  }

  /**
   * Sends at once with the prepared token. A refused token (401, 422) means one new login and the
   * same call again, all within the time-out. Never rejects: every way to end is a classification.
   */
  async call(call: Call): Promise<CallResult> {
    const end = performance.now() + this.#options.timeout
    const attempt = { sentAt: null as number | null, start: performance.now() }
    const ended = (how: Classification): CallResult => ({
      ...how,
      sentAt: attempt.sentAt,
      durationMs: performance.now() - attempt.start,
    })
    try {
      this.#open()
      const token = this.#session.held() ?? (await this.#session.ensure(Date.now()))
      const first = await this.#send(call, token, end, attempt)
      if (first.class !== 'token-rejected') return ended(first)
      this.#session.reject(token)
      const next = await this.#session.ensure(Date.now())
      if (next === token || performance.now() >= end) return ended(first)
      return ended(await this.#send(call, next, end, attempt))
    } catch (error) {
      return ended(this.#notSent(error))
    }
  }

  /** The token at hand, for status pages; null when there is none. Times in epoch ms. */
  token(): { obtainedAt: number; expiresAt: number | null } | null {
    const token = this.#session.token
    return token && { obtainedAt: token.obtainedAt, expiresAt: token.expiresAt }
  }

  /** Closes all connections, and gives up what is under way: a call that was sent is `unknown`. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#session.close()
    this.#connections.destroy()
    this.#loginConnections.destroy()
  }

  #open(): void {
    if (this.#closing.signal.aborted) throw abortedError()
  }

  async #send(
    call: Call,
    token: Token,
    end: number,
    attempt: { sentAt: number | null; start: number },
  ): Promise<Classification> {
    attempt.sentAt = Date.now()
    attempt.start = performance.now()
    const outcome = await this.#line.send({
      method: 'GET',
      path: PATHS[call.job],
      headers: {
        authorization: `Bearer ${token.access}`,
        'idempotency-key': call.idempotencyKey,
        ...(call.fencingToken === undefined
          ? {}
          : { 'x-fencing-token': String(call.fencingToken) }),
      },
      timeout: Math.max(1, end - attempt.start),
      signal: this.#closing.signal,
    })
    const { engine, notExecuted = [] } = this.#options
    return classify(outcome, call.job, { secrets: [token.access, engine.password], notExecuted })
  }

  /** Everything that is thrown on the way is thrown before a send or after a refused token. */
  #notSent(error: unknown): Failure {
    if (error instanceof EngineError) return error.classification
    const said = error instanceof Error ? error.message : String(error)
    const secrets = [this.#options.engine.password]
    return {
      class: 'not-executed',
      reason: 'not-sent',
      status: null,
      detail: detail(said, secrets),
      retryAfter: null,
    }
  }
}
