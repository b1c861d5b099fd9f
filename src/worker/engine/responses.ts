import { STATUS_CODES } from 'node:http'
import type { JobName } from '../../jobs.ts'
import { readAnswer, type Stats } from './contract.ts'
import { detail, excerpt, masked } from './detail.ts'

/** How far a request had come; from `ready` on the engine may have it. */
export type Stage = 'connecting' | 'securing' | 'ready'

/** How one request over the wire ended. */
export type Outcome =
  | {
      kind: 'answer'
      status: number
      retryAfter: string | undefined
      /** The header, by the engine's clock. */
      date?: string | undefined
      body: string
      at: number
    }
  | {
      kind: 'failure'
      cause: 'time-out' | 'aborted' | 'too-large' | 'error'
      stage: Stage
      /** Of an answer that began and was not read to its end. */
      status: number | null
      /** Of the error, e.g. ECONNREFUSED. */
      code: string
      message: string
    }

export interface Success {
  class: 'succeeded'
  reason: null
  status: number
  stats: Stats | null
}

export interface Failure {
  class:
    | 'engine-stopped'
    | 'token-rejected'
    | 'permanent'
    | 'not-executed'
    | 'executed-badly'
    | 'unknown'
  /** A short code, e.g. `http-503`, `time-out`, `refused`. */
  reason: string
  status: number | null
  /** For people; no secrets, one line, at most 300 characters. */
  detail: string
  /** ms that the engine asks to wait. */
  retryAfter: number | null
}

export type Classification = Success | Failure

/** What the end of a call means. Pure; `secrets` are masked wherever an answer repeats them. */
export function classify(
  outcome: Outcome,
  job: JobName,
  secrets: readonly string[] = [],
): Classification {
  if (outcome.kind === 'failure') return classifyFailure(outcome, secrets)
  const { status, body } = outcome
  if (status !== 200) return classifyStatus(outcome, secrets)
  const answer = readAnswer(masked(body, secrets), job)
  if (answer.broken !== null) {
    const said = detail(`${answer.broken}: ${excerpt(body, secrets)}`, secrets)
    return failure('permanent', 'contract', status, said)
  }
  return { class: 'succeeded', reason: null, status, stats: answer.stats }
}

function classifyFailure(
  outcome: Extract<Outcome, { kind: 'failure' }>,
  secrets: readonly string[],
): Failure {
  const { cause, stage, status, code, message } = outcome
  const said = detail(message || code || cause, secrets)
  if (stage !== 'ready') {
    return failure('not-executed', unsentReason(cause, stage, code), null, said)
  }
  // A refused token is known from the status line; so is any status of an answer that we cut.
  const decided = status === 401 || status === 422 || (cause === 'too-large' && status !== 200)
  if (status !== null && decided) {
    return classifyStatus({ status, retryAfter: undefined, body: '', at: 0 }, secrets)
  }
  // Too large a 200 is unknown as well: the call was executed, how it ended cannot be told.
  if (cause !== 'error') return failure('unknown', cause, status, said)
  if (status !== null) return failure('unknown', 'cut-off', status, said)
  return failure('unknown', code.startsWith('HPE_') ? 'protocol' : 'reset', null, said)
}

function unsentReason(cause: string, stage: Stage, code: string): string {
  if (cause === 'aborted') return 'aborted'
  if (cause === 'time-out' || code === 'ETIMEDOUT') return 'connect-time-out'
  if (stage === 'securing') return 'tls'
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'unreachable'
  return 'not-sent'
}

function classifyStatus(
  answer: { status: number; retryAfter: string | undefined; body: string; at: number },
  secrets: readonly string[],
): Failure {
  const { status, body } = answer
  const said = [`${status} ${STATUS_CODES[status] ?? ''}`.trim(), excerpt(body, secrets)]
  const text = detail(said.filter(part => part !== '').join(': '), secrets)
  if (status === 404 && saysStopped(body)) {
    return failure('engine-stopped', 'engine-stopped', status, text)
  }
  const waits = status === 429 || status === 503
  const retryAfter = waits ? readRetryAfter(answer.retryAfter, answer.at) : null
  return { ...failure(classOf(status), `http-${status}`, status, text), retryAfter }
}

function classOf(status: number): Failure['class'] {
  if (status === 401 || status === 422) return 'token-rejected'
  if ([408, 425, 429, 502, 503].includes(status)) return 'not-executed'
  if (status === 500) return 'executed-badly'
  // 202: taken on, not done. 504 and the rest of 5xx: a proxy that did not wait for the end.
  if (status === 202 || status > 500) return 'unknown'
  return 'permanent'
}

function saysStopped(body: string): boolean {
  try {
    return (JSON.parse(body) as { engine?: unknown } | null)?.engine === 'stopped'
  } catch {
    return false
  }
}

const DAY = 86_400_000

/** ms from a Retry-After of seconds or an HTTP date, at most a day; null when it says nothing. */
function readRetryAfter(header: string | undefined, at: number): number | null {
  if (header === undefined || header.trim() === '') return null
  const seconds = Number(header)
  const wait = Number.isNaN(seconds) ? Date.parse(header) - at : seconds * 1000
  return Number.isNaN(wait) ? null : Math.min(Math.max(0, Math.round(wait)), DAY)
}

function failure(
  kind: Failure['class'],
  reason: string,
  status: number | null,
  said: string,
): Failure {
  return { class: kind, reason, status, detail: said, retryAfter: null }
}
