import { sign, verify } from 'hono/jwt'
import { JwtTokenExpired, JwtTokenSignatureMismatched } from 'hono/utils/jwt/types'

type TokenType = 'access' | 'refresh'

/** Why a request with this header may not pass: what the real engine answers then. */
export interface Refusal {
  status: 401 | 422
  msg: string
}

/** The tokens of one engine: JWTs in the shape that flask-jwt-extended gives them. */
export class EngineTokens {
  readonly #secret: string
  readonly #accessLife: number
  #made = 0

  /** `accessLife` in ms; tokens count whole seconds, at least one. */
  constructor(options: { secret: string; accessLife: number }) {
    this.#secret = options.secret
    this.#accessLife = options.accessLife
  }

  make(type: TokenType, user: string): Promise<string> {
    const iat = Math.floor(Date.now() / 1000)
    const life = type === 'access' ? Math.max(1, Math.round(this.#accessLife / 1000)) : 30 * 86_400
    const claims = { sub: user, type, iat, nbf: iat, exp: iat + life, jti: String(++this.#made) }
    return sign(claims, this.#secret, 'HS256')
  }

  /** null when the header carries a valid token of that type. */
  async refusal(header: string | undefined, type: TokenType): Promise<Refusal | null> {
    if (header === undefined) return { status: 401, msg: 'Missing Authorization Header' }
    const token = /^Bearer (\S+)$/.exec(header)?.[1]
    if (!token) {
      const msg = "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'"
      return { status: 422, msg }
    }
    try {
      const claims = await verify(token, this.#secret, 'HS256')
      if (claims.type === type) return null
      const msg = `Only ${type === 'access' ? 'non-refresh' : 'refresh'} tokens are allowed`
      return { status: 422, msg }
    } catch (error) {
      if (error instanceof JwtTokenExpired) return { status: 401, msg: 'Token has expired' }
      if (error instanceof JwtTokenSignatureMismatched) {
        return { status: 422, msg: 'Signature verification failed' }
      }
      return { status: 422, msg: 'Invalid token' }
    }
  }
}
