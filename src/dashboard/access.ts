import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config.ts'
import type { Env } from './served.ts'

/** Lets in who may come in, and says who it is. */
export function access(_settings: Config['dashboard']): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.set('by', c.env.incoming.socket.remoteAddress ?? 'unknown')
    await next()
  }
}
