import { z } from 'zod'
import { detail } from './detail.ts'
import { EngineError } from './errors.ts'
import { readJson } from './json.ts'
import type { Line } from './line.ts'
import { classify, type Failure, type Outcome } from './responses.ts'
import { readToken, type Token } from './token.ts'

/** A token as it can stand in a header. */
const Jwt = z
  .string()
  .max(16_384)
  .regex(/^[\x21-\x7e]+$/)

const Granted = z.object({
  status: z.literal('success'),
  access_token: Jwt,
  refresh_token: Jwt.nullish().catch(null),
})

export interface Grant {
  token: Token
  /** Gets the next token without the password; null when the engine gave none. */
  refresh: string | null
}

interface Asking {
  /** ms. */
  timeout: number
  signal: AbortSignal
}

/** Throws EngineError; its class is `permanent` or `not-executed`, never `unknown`. */
export async function login(
  line: Line,
  credentials: { username: string; password: string },
  { timeout, signal }: Asking,
): Promise<Grant> {
  const asked = Date.now()
  const body = { username: credentials.username, password: credentials.password }
  const outcome = await line.send({
    method: 'POST',
    path: '/login',
    headers: {},
    body,
    timeout,
    signal,
  })
  const granted = read(outcome, asked)
  if (granted) return granted
  throw new EngineError(refusal(outcome, [credentials.password]))
}

/** null when the engine refuses this refresh token; otherwise as login. */
export async function refresh(
  line: Line,
  refreshToken: string,
  { timeout, signal }: Asking,
): Promise<Grant | null> {
  const asked = Date.now()
  const headers = { authorization: `Bearer ${refreshToken}` }
  const outcome = await line.send({ method: 'POST', path: '/refresh', headers, timeout, signal })
  const granted = read(outcome, asked)
  if (granted) return { token: granted.token, refresh: granted.refresh ?? refreshToken }
  const failure = refusal(outcome, [refreshToken])
  if (failure.class === 'permanent' || failure.status === 500) return null
  throw new EngineError(failure)
}

function read(outcome: Outcome, asked: number): Grant | null {
  if (outcome.kind !== 'answer' || outcome.status !== 200) return null
  try {
    const { access_token: access, refresh_token: next } = Granted.parse(readJson(outcome.body))
    return { token: readToken(access, asked, outcome.at), refresh: next ?? null }
  } catch {
    return null
  }
}

/** A login moves no money: whatever became of it, the call itself was not made. */
function refusal(outcome: Outcome, secrets: readonly string[]): Failure {
  if (outcome.kind === 'answer' && outcome.status >= 200 && outcome.status <= 299) {
    // Its body may hold tokens, so nothing of it is shown.
    const said = 'login: the answer holds no tokens as the contract has them'
    const { status } = outcome
    return { class: 'permanent', reason: 'contract', status, detail: said, retryAfter: null }
  }
  const failure = classify(outcome, 'update-engine', { secrets }) as Failure
  const refused = ['permanent', 'token-rejected', 'engine-stopped'].includes(failure.class)
  const redirected = failure.status !== null && failure.status < 400
  return {
    ...failure,
    class: refused ? 'permanent' : 'not-executed',
    reason: refused && !redirected ? 'login-refused' : failure.reason,
    detail: detail(`login: ${failure.detail}`, secrets),
  }
}
