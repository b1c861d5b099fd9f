import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { auth } from 'hono/utils/basic-auth'
import { isLoopback } from '../../dashboard-settings.ts'
import { refusal } from '../problems.ts'
import type { Env, Served } from '../served.ts'
import { Failures } from './failures.ts'

/** Lets in who may come in, and says who it is. */
export function access({ config, events }: Pick<Served, 'config' | 'events'>) {
  const { access } = config.dashboard
  return access === null ? asOneself() : withPassword(access, new Failures({ events }))
}

/**
 * HTTP Basic (RFC 7617). Whoever fails too often is not heard for a while, with the right password
 * neither: it would tell that it is right.
 */
function withPassword(
  { user, password }: { user: string; password: string },
  failures: Failures,
): MiddlewareHandler<Env> {
  const expected = digest(user, password)
  return async (c, next) => {
    const given = auth(c.req.raw)
    if (given === undefined) return unauthorized('Log in with user name and password')
    const address = addressOf(c.env)
    const seconds = await failures.blocked(address)
    if (seconds > 0) {
      c.header('retry-after', String(seconds))
      const message = `too many failed logins from ${address}: try again in ${seconds} s`
      return refusal(c, 429, 'too-many-failures', message)
    }
    if (!timingSafeEqual(digest(given.username, given.password), expected)) {
      await failures.add(address)
      return unauthorized('Wrong user name or password')
    }
    c.set('by', user)
    return next()

    function unauthorized(message: string): Response {
      c.header('www-authenticate', 'Basic realm="hft-scheduler", charset="UTF-8"')
      return refusal(c, 401, 'unauthorized', message)
    }
  }
}

/**
 * Nobody has to log in where only this machine gets here. A web site can point a name of its own
 * at this machine (DNS rebinding), and its pages then count as ours: names that are not this
 * machine's are turned away.
 */
function asOneself(): MiddlewareHandler<Env> {
  return async (c, next) => {
    const host = c.req.header('host') ?? ''
    if (!isHere(host)) {
      const message =
        'without a password this dashboard answers to localhost and loopback addresses only, not to the name it was asked by: set SCHEDULER_DASHBOARD_USER and SCHEDULER_DASHBOARD_PASSWORD, or let the proxy ask for localhost'
      return refusal(c, 403, 'unknown-host', message)
    }
    c.set('by', addressOf(c.env))
    return next()
  }
}

/** Does `Host` name this machine, whatever the port? */
function isHere(host: string): boolean {
  try {
    const name = new URL(`http://${host}`).hostname.replace(/\.$/, '')
    return isLoopback(name) || name.endsWith('.localhost')
  } catch {
    return false
  }
}

/** A user name has no colon. Equal texts can be composed of different characters. */
function digest(user: string, password: string): Buffer {
  return createHash('sha256').update(`${user}:${password}`.normalize('NFC')).digest()
}

function addressOf({ incoming }: Env['Bindings']): string {
  return (incoming.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '')
}
