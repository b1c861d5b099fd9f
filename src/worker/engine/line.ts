import { setMaxListeners } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import got, { type Got } from 'got'
import type { Connections } from './connections.ts'
import type { Outcome } from './responses.ts'

/** Bytes of an answer, unpacked. */
const LARGEST = 1024 * 1024

export interface LineRequest {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  /** Sent as JSON. */
  body?: Record<string, string>
  /** ms until the last byte of the answer. */
  timeout: number
  signal?: AbortSignal | undefined
}

/**
 * Speaks HTTP with one engine: one request, one outcome. No retries, no redirects. got's errors
 * carry the request's headers and body, so nothing of them leaves but code and message.
 */
export class Line {
  readonly #url: string
  readonly #connections: Connections
  readonly #got: Got

  /** `url` without a slash at its end. */
  constructor(url: string, connections: Connections) {
    this.#url = url
    this.#connections = connections
    this.#got = got.extend({
      agent: { http: connections, https: connections as never },
      retry: { limit: 0, enforceRetryRules: true },
      followRedirect: false,
      throwHttpErrors: false,
      responseType: 'text',
      headers: { 'user-agent': 'hft-scheduler', accept: 'application/json' },
    })
  }

  /** Never rejects, and is over when the time is, whatever the sockets do. */
  send(request: LineRequest): Promise<Outcome> {
    return new Promise(resolve => {
      const { method, path, headers, body, timeout, signal } = request
      const abort = new AbortController()
      let native: ClientRequest | null = null
      let status: number | null = null
      let unbounded = false

      const settle = (outcome: Outcome) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
        resolve(outcome)
      }
      const fail = (cause: 'time-out' | 'aborted' | 'too-large' | 'error', error?: unknown) => {
        const stage = this.#connections.stage(native)
        settle({ kind: 'failure', cause, stage, status, ...describe(error) })
        if (cause !== 'error') abort.abort()
      }
      const giveUp = () => fail('aborted')
      // One controller and timer, not AbortSignal.any and .timeout: half the cost, and no signals
      // that pile up on a signal that lives as long as the process.
      const timer = setTimeout(fail, timeout, 'time-out')
      if (signal?.aborted) return giveUp()
      if (signal) {
        // One signal may stand over as many calls as there are in flight.
        setMaxListeners(0, signal)
        signal.addEventListener('abort', giveUp)
      }

      const call = this.#got(this.#url + path, {
        method,
        headers,
        signal: abort.signal,
        ...(body ? { json: body } : {}),
      })
      const onResponse = (response: IncomingMessage) => {
        status = response.statusCode ?? null
        unbounded = isUnbounded(response)
        if (Number(response.headers['content-length']) > LARGEST) fail('too-large')
      }
      call.on('request', sent => {
        native = sent.once('response', onResponse)
      })
      call.on('downloadProgress', ({ transferred }) => {
        if (transferred > LARGEST) fail('too-large')
      })
      call.then(
        ({ statusCode, headers: answered, body: text }) =>
          settle({
            kind: 'answer',
            status: statusCode,
            retryAfter: answered['retry-after'],
            date: answered.date,
            body: text,
            at: Date.now(),
            unbounded,
          }),
        error => fail('error', error),
      )
    })
  }
}

/** Without a length and without chunks, only the end of the connection ends an answer. */
function isUnbounded({ headers, statusCode }: IncomingMessage): boolean {
  const bodiless = statusCode === 204 || statusCode === 304
  return !bodiless && !headers['content-length'] && !headers['transfer-encoding']
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: '' }
  const { code, message } = error as NodeJS.ErrnoException
  return { code: String(code ?? ''), message }
}
