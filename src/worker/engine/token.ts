/** An access token; times in epoch ms. */
export interface Token {
  readonly access: string
  readonly obtainedAt: number
  /** null when the token does not say. */
  readonly expiresAt: number | null
  /** ms; null when the token does not say. */
  readonly life: number | null
}

/**
 * Reads what a token says of its life. `asked` and `received` are the times of the request for it
 * and of the answer: a life of exp − iat counts from the request, so the engine's clock is of no
 * matter and the network's delay is on the safe side.
 */
export function readToken(access: string, asked: number, received: number): Token {
  const { exp, iat } = claims(access)
  const known = { access, obtainedAt: received }
  if (exp === null) return { ...known, expiresAt: null, life: null }
  if (iat !== null && exp > iat) {
    const life = (exp - iat) * 1000
    return { ...known, expiresAt: asked + life, life }
  }
  const life = exp * 1000 - received
  // An exp in the past on a new token says that the clocks differ, and nothing of its life.
  if (life <= 0) return { ...known, expiresAt: null, life: null }
  return { ...known, expiresAt: received + life, life }
}

/** `fresh`: good at `moment`; `ageing`: good, but another is due; `spent`: no longer good. */
export function condition(token: Token, moment: number): 'fresh' | 'ageing' | 'spent' {
  const { expiresAt, life } = token
  if (expiresAt === null || life === null) return 'fresh'
  const left = expiresAt - moment
  if (left > Math.min(Math.max(2_000, life * 0.2), 60_000, life / 2)) return 'fresh'
  // exp and iat are whole seconds, so up to one second of the life may not exist.
  return left > Math.min(1_000, life / 4) ? 'ageing' : 'spent'
}

function claims(access: string): { exp: number | null; iat: number | null } {
  try {
    const part = Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()
    const { exp, iat } = JSON.parse(part) as Record<string, unknown>
    return { exp: seconds(exp), iat: seconds(iat) }
  } catch {
    return { exp: null, iat: null }
  }
}

function seconds(claim: unknown): number | null {
  return typeof claim === 'number' && Number.isFinite(claim) && claim > 0 ? claim : null
}
