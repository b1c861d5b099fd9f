import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { queueErrors } from '../queue-errors.ts'
import { address, RedisUnreachable } from '../redis.ts'
import { isDenial, redisSentence } from '../redis-errors.ts'
import type { Env, Served } from './served.ts'

/** What the API answers when it cannot do what was asked: `{ error: { code, message } }`. */
export function problem(
  c: Context,
  status: ContentfulStatusCode,
  code: string,
  message: string,
): Response {
  return c.json({ error: { code, message } }, status)
}

/** The same to whoever asked: for the API and for all that acts as JSON, for people as a text. */
export function refusal(
  c: Context,
  status: ContentfulStatusCode,
  code: string,
  message: string,
): Response {
  const reads = c.req.method === 'GET' && !isApi(c.req.path)
  return reads ? c.text(`${message}\n`, status) : problem(c, status, code, message)
}

/** Is it asked by a program, not by somebody who reads the answer? */
export function isApi(path: string): boolean {
  return path === '/api' || path.startsWith('/api/')
}

/**
 * What becomes of everything that a route throws. Only that Redis does not answer, or refuses, is said
 * as it is: the rest is for the log.
 */
export function troubles({ redis, config, events }: Served): ErrorHandler<Env> {
  const announce = queueErrors('dashboard', redis, events)
  return (error, c) => {
    if (error instanceof HTTPException && error.status < 500) {
      return problem(c, error.status as ContentfulStatusCode, 'bad-request', error.message)
    }
    if (isOutage(error, redis.status)) {
      const message = `${address(config.redis.url)} does not answer`
      return problem(c, 503, 'redis-unreachable', message)
    }
    announce(new Error(`${c.req.method} ${c.req.path}: ${error.message}`, { cause: error }))
    if (isDenial(error)) return problem(c, 503, 'redis-refused', redisSentence(error))
    return problem(c, 500, 'internal', "something went wrong here; the dashboard's log says what")
  }
}

/** What ioredis says when the connection breaks under a command, and Redis when it cannot serve. */
const OUTAGE =
  /^Connection is closed|^Command timed out|max retries per request|Stream isn't writeable|^(LOADING|MASTERDOWN|CLUSTERDOWN|NOAUTH|WRONGPASS|BUSY) /

/** Is it that Redis does not answer, whatever else may be said of it? */
export function isOutage(error: Error & { code?: unknown }, status: string): boolean {
  if (error instanceof RedisUnreachable || status !== 'ready') return true
  return OUTAGE.test(error.message) || error.code === 'ECONNRESET' || error.code === 'EPIPE'
}
