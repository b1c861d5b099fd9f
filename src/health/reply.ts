import type { IncomingMessage } from 'node:http'
import type { Checked } from './check.ts'
import type { Standings } from './standings.ts'
import { type Verdict, verdictOf } from './verdict.ts'

export interface Reply {
  status: number
  /** Plain text unless said otherwise. */
  type?: string
  headers?: Record<string, string>
  body: string
}

/** What there is to tell of a process. */
export interface Told {
  parts: Readonly<Record<string, Checked>>
  stopping: boolean
  /** `since` in epoch ms. */
  about: { name: string; version: string; since: number }
  /** Null when Redis does not tell. */
  standings: () => Promise<Standings | null>
}

const UNAVAILABLE = 503

/** The answer to a question for the health of a process. */
export async function replyTo(
  { method, url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  told: Told,
): Promise<Reply> {
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, headers: { allow: 'GET, HEAD' }, body: 'expected GET or HEAD\n' }
  }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0) {
    return { status: 400, body: 'expected a request without a body\n' }
  }
  switch (url.replace(/\?.*$/, '')) {
    case '/livez':
      return lines(verdictOf(told.parts, told).dead)
    case '/readyz':
      return lines(verdictOf(told.parts, told).notReady)
    case '/healthz':
      return whole(told, verdictOf(told.parts, told))
    default:
      return { status: 404, body: 'expected /livez, /readyz or /healthz\n' }
  }
}

function lines(reasons: readonly string[]): Reply {
  if (reasons.length === 0) return { status: 200, body: 'ok\n' }
  return { status: UNAVAILABLE, body: reasons.map(reason => `${reason}\n`).join('') }
}

async function whole(
  { parts, stopping, about, standings }: Told,
  verdict: Verdict,
): Promise<Reply> {
  const { status, checks } = verdict
  const connections = checks.filter(({ name }) => name === 'redis')
  const ready = connections.every(({ ok }) => ok)
  const none: Standings = { schedules: [], leftOut: 0 }
  // A process without Redis has no schedules; one that has lost it need not be kept waiting.
  const found = connections.length === 0 ? none : ready ? await standings() : null
  const body = {
    status,
    stopping,
    parts: Object.keys(parts),
    ...about,
    checks,
    redis: connections.length === 0 ? null : { ready },
    schedules: found?.schedules ?? null,
    leftOut: found?.leftOut ?? null,
  }
  return {
    status: status === 'ok' ? 200 : UNAVAILABLE,
    type: 'application/json; charset=utf-8',
    body: `${JSON.stringify(body)}\n`,
  }
}
