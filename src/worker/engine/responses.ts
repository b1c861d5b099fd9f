import { STATUS_CODES } from 'node:http'
import type { JobName } from '../../jobs.ts'
import { speaksForAnother } from '../../proxy-statuses.ts'
import { readAnswer, type Stats } from './contract.ts'
import { detail, excerpt } from './detail.ts'
import { readJson } from './json.ts'

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
      /** Ended by the end of its connection alone: nothing says whether that is all of it. */
      unbounded?: boolean
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
    /** Surely not executed: the only class after which a call that moves money is made again. */
    | 'not-executed'
    | 'executed-badly'
    /** Executed and over, but the answer does not say how it went. */
    | 'executed'
    /** It may have been executed, and may still be under way. */
    | 'unknown'
  /** A short code, e.g. `http-502`, `time-out`, `refused`. */
  reason: string
  status: number | null
  /** For people; no secrets, one line, at most 300 characters. */
  detail: string
  /** ms that the engine asks to wait. */
  retryAfter: number | null
}

export type Classification = Success | Failure

export interface Reading {
  /** Masked wherever an answer repeats them. */
  secrets?: readonly string[]
  /** Statuses by which a proxy refuses a call before the engine has it, as its operator says. */
  notExecuted?: readonly number[]
}

/** What the end of a call means. Pure. */
export function classify(outcome: Outcome, job: JobName, reading: Reading = {}): Classification {
  if (outcome.kind === 'failure') return classifyFailure(outcome, reading)
  const { status, body } = outcome
  const { secrets = [] } = reading
  // A state, whatever the status: the second generation of the engine answers 200.
  if (saysStopped(body)) {
    return failure('engine-stopped', 'engine-stopped', status, text(outcome, secrets))
  }
  if (status < 200 || status > 299) return classifyStatus(outcome, reading)
  const answer = readAnswer(body, job, secrets)
  if (status === 200 && answer.broken === null) {
    return { class: 'succeeded', reason: null, status, stats: answer.stats }
  }
  const said = `${answer.broken ?? 'expected 200'}: ${text(outcome, secrets)}`
  // What is JSON is whole; what is not may be the first half of something.
  if (outcome.unbounded && answer.broken !== null && !answer.json) {
    return failure('unknown', 'cut-off', status, detail(`perhaps not whole: ${said}`, secrets))
  }
  // 202 says that the work goes on.
  return failure(status === 202 ? 'unknown' : 'executed', 'contract', status, detail(said, secrets))
}

function classifyFailure(
  outcome: Extract<Outcome, { kind: 'failure' }>,
  reading: Reading,
): Failure {
  const { cause, stage, status, code, message } = outcome
  const said = detail(message || code || cause, reading.secrets ?? [])
  if (stage !== 'ready') {
    return failure('not-executed', unsentReason(cause, stage, code), null, said)
  }
  // A refused token is known from the status line; so is any status of an answer that we cut.
  const large = cause === 'too-large' && status !== null && (status < 200 || status > 299)
  if (status === 401 || status === 422 || large) {
    return classifyStatus({ status, retryAfter: undefined, body: '', at: 0 }, reading)
  }
  // Too large a 2xx is unknown as well: the call was executed, how it ended cannot be told.
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

interface Answered {
  status: number
  retryAfter: string | undefined
  body: string
  at: number
}

function classifyStatus(answer: Answered, { secrets = [], notExecuted = [] }: Reading): Failure {
  const { status } = answer
  const kind = notExecuted.includes(status) ? 'not-executed' : classOf(status)
  const waits = status === 429 || status === 503
  const retryAfter = waits ? readRetryAfter(answer.retryAfter, answer.at) : null
  return { ...failure(kind, `http-${status}`, status, text(answer, secrets)), retryAfter }
}

function classOf(status: number): Failure['class'] {
  if (status === 401 || status === 422) return 'token-rejected'
  // A limiter stands before the work.
  if (status === 429) return 'not-executed'
  if (status === 500) return 'executed-badly'
  return speaksForAnother(status) ? 'unknown' : 'permanent'
}

/** The status with its name, and what the body says. */
function text({ status, body }: { status: number; body: string }, secrets: readonly string[]) {
  const said = [`${status} ${STATUS_CODES[status] ?? ''}`.trim(), excerpt(body, secrets)]
  return detail(said.filter(part => part !== '').join(': '), secrets)
}

function saysStopped(body: string): boolean {
  if (!body.includes('stopped')) return false
  try {
    return (readJson(body) as { engine?: unknown } | null)?.engine === 'stopped'
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
