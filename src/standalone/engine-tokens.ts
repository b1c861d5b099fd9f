import { randomBytes, randomUUID } from 'node:crypto'
import { sign, verify } from 'hono/jwt'
import { JwtTokenSignatureMismatched } from 'hono/utils/jwt/types'

type TokenType = 'access' | 'refresh'

/** Why a request with this header may not pass: what the real engine answers then. */
export interface Refusal {
  status: 401 | 422
  msg: string
}

const EXPECTED = "Expected 'Authorization: Bearer <JWT>'"

/** The tokens of one engine, in the shape and with the words of flask-jwt-extended. */
export class EngineTokens {
  readonly #accessLife: number
  #secret = newSecret()

  /** `accessLife` in ms; tokens count whole seconds, at least one. */
  constructor(options: { accessLife: number }) {
    this.#accessLife = options.accessLife
  }

  /** As after a restart: every token that was given is refused. */
  newSecret(): void {
    this.#secret = newSecret()
  }

  make(type: TokenType, user: string): Promise<string> {
    const iat = Math.floor(Date.now() / 1000)
    const life = type === 'access' ? Math.max(1, Math.round(this.#accessLife / 1000)) : 30 * 86_400
    const marks = { jti: randomUUID(), csrf: randomUUID(), fresh: false }
    const claims = { sub: user, type, iat, nbf: iat, exp: iat + life, ...marks }
    return sign(claims, this.#secret, 'HS256')
  }

  /** null when the header carries a valid token of that type. */
  async refusal(header: string | undefined, type: TokenType): Promise<Refusal | null> {
    if (!header?.trim()) return { status: 401, msg: 'Missing Authorization Header' }
    const bearer = header.split(',').map(value => value.trim().split(/\s+/))
    const [parts, ...more] = bearer.filter(([scheme]) => scheme === 'Bearer')
    if (parts === undefined || more.length > 0) {
      return { status: 401, msg: `Missing 'Bearer' type in 'Authorization' header. ${EXPECTED}` }
    }
    const [, token] = parts
    if (token === undefined || parts.length !== 2) {
      return { status: 422, msg: `Bad Authorization header. ${EXPECTED}` }
    }
    return await this.#refusalOf(token, type)
  }

  async #refusalOf(token: string, type: TokenType): Promise<Refusal | null> {
    if (token.split('.').length < 3) return { status: 422, msg: 'Not enough segments' }
    try {
      // The signature comes first: a token of another secret is that, and not expired.
      const times = { exp: false, nbf: false, iat: false }
      const claims = await verify(token, this.#secret, { alg: 'HS256', ...times })
      if (Number(claims.exp) <= Date.now() / 1000) return { status: 401, msg: 'Token has expired' }
      if (claims.type === type) return null
      const msg = `Only ${type === 'access' ? 'non-refresh' : 'refresh'} tokens are allowed`
      return { status: 422, msg }
    } catch (error) {
      if (error instanceof JwtTokenSignatureMismatched) {
        return { status: 422, msg: 'Signature verification failed' }
      }
      return { status: 422, msg: 'Invalid header padding' }
    }
  }
}

function newSecret(): string {
  return randomBytes(32).toString('hex')
}
