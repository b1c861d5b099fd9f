import { EngineError } from './errors.ts'
import type { Line } from './line.ts'
import { type Grant, login, refresh } from './login.ts'
import type { Failure } from './responses.ts'
import { condition, type Token } from './token.ts'

/** ms that a login may take. */
const LOGIN = 10_000
const MINUTE = 60_000

/** Where the session announces its logins; `Events` of events.ts is one. */
export interface Announcer {
  emit(
    event: 'login',
    login: { engine: string; via: 'login' | 'refresh'; life: number | null },
  ): unknown
  emit(event: 'login-failed', failure: { engine: string; reason: string; retryAt: number }): unknown
}

export interface SessionOptions {
  engine: { id: string; username: string; password: string }
  line: Line
  /** ms that a login may take at most. */
  timeout: number
  events: Announcer
}

/**
 * The token of one engine. However many wait, one request for a token is on its way; it is made
 * ahead of the old one's end, by /refresh where that works and by /login otherwise. Failures back
 * off over all runs: refused logins 1 s, 2 s, 4 s … 60 s, others 250 ms … 5 s.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #closing = new AbortController()
  #token: Token | null = null
  #refresh: string | null = null
  #flight: Promise<Token> | null = null
  #failures = 0
  #failed: Failure | null = null
  /** Of performance.now(), as all that is waited for: the time of day can be set. */
  #retryAt = 0
  #youngRejections = 0
  #rejectAt = 0

  constructor(options: SessionOptions) {
    this.#options = options
  }

  get token(): Token | null {
    return this.#token
  }

  /** The token at hand unless it has expired: `prepare` saw to it that it is good at the slot. */
  held(): Token | null {
    const token = this.#token
    return token && (token.expiresAt ?? Number.POSITIVE_INFINITY) > Date.now() ? token : null
  }

  /** A token that is good at `moment` (epoch ms), or now if that is later. Throws EngineError. */
  async ensure(moment: number): Promise<Token> {
    const token = this.#token
    const state = token ? condition(token, Math.max(moment, Date.now())) : 'spent'
    if (token && state === 'fresh') return token
    const renewal = this.#renew()
    if (!token || state === 'spent') return await renewal
    renewal.catch(() => {})
    return token
  }

  /**
   * The engine refused this token. It is forgotten, unless a newer one is here already or tokens
   * are refused as soon as they are obtained: a new login would then not help, and backs off.
   */
  reject(token: Token): void {
    const now = performance.now()
    if (token !== this.#token || now < this.#rejectAt) return
    const young = Date.now() - token.obtainedAt < MINUTE
    this.#youngRejections = young ? this.#youngRejections + 1 : 0
    this.#rejectAt = now + backoff(this.#youngRejections, 1_000, MINUTE)
    this.#token = null
    this.#refresh = null
  }

  /** Gives up the request on its way. */
  close(): void {
    this.#closing.abort()
  }

  #renew(): Promise<Token> {
    if (this.#flight !== null) return this.#flight
    const wait = Math.round(this.#retryAt - performance.now())
    if (this.#failed && wait > 0) return Promise.reject(waiting(this.#failed, wait))
    this.#flight = this.#obtain().finally(() => {
      this.#flight = null
    })
    return this.#flight
  }

  async #obtain(): Promise<Token> {
    const { engine, line, timeout, events } = this.#options
    const asking = { timeout: Math.min(timeout, LOGIN), signal: this.#closing.signal }
    try {
      let via: 'login' | 'refresh' = 'refresh'
      let grant: Grant | null = null
      if (this.#refresh !== null) grant = await refresh(line, this.#refresh, asking)
      if (grant === null) {
        via = 'login'
        grant = await login(line, engine, asking)
      }
      this.#token = grant.token
      this.#refresh = grant.refresh
      this.#failures = 0
      this.#failed = null
      events.emit('login', { engine: engine.id, via, life: grant.token.life })
      return grant.token
    } catch (error) {
      if (error instanceof EngineError && error.code !== 'aborted') this.#fail(error.classification)
      throw error
    }
  }

  #fail(failure: Failure): void {
    this.#failures++
    const own =
      failure.class === 'permanent'
        ? backoff(this.#failures, 1_000, MINUTE)
        : backoff(this.#failures, 250, 5_000)
    const delay = Math.max(own, Math.min(failure.retryAfter ?? 0, MINUTE))
    this.#retryAt = performance.now() + delay
    this.#failed = failure
    const { engine, events } = this.#options
    const { reason } = failure
    events.emit('login-failed', { engine: engine.id, reason, retryAt: Date.now() + delay })
  }
}

/** ms after the n-th time in a row; none before the first. */
function backoff(times: number, first: number, most: number): number {
  return times === 0 ? 0 : Math.min(first * 2 ** (times - 1), most)
}

function waiting(failure: Failure, wait: number): EngineError {
  // A run that may try again has no use for trying before we do.
  const retryAfter = failure.class === 'permanent' ? null : wait
  return new EngineError({ ...failure, retryAfter })
}
