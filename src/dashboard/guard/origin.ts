import type { MiddlewareHandler } from 'hono'
import { refusal } from '../problems.ts'
import type { Env } from '../served.ts'

const READING = ['GET', 'HEAD', 'OPTIONS']

export interface Claims {
  /** `Sec-Fetch-Site`: what the browser itself says; it does so over https and on loopback. */
  site: string | undefined
  /** `Origin`: of the page that asks. */
  origin: string | undefined
  /** Whom was asked, as we and as proxies before us got it. */
  hosts: readonly (string | undefined)[]
  contentType: string | undefined
}

/**
 * Did a page of ours ask, or a program? The password alone does not say so: browsers send it along
 * with what the pages of others ask for.
 */
export function isOurs({ site, origin, hosts, contentType }: Claims): boolean {
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  if (origin !== undefined) return hosts.some(host => host === hostOf(origin))
  // A browser too old to say where from sends JSON to others only after it has asked, in vain.
  return contentType === undefined || /^application\/json *(;|$)/i.test(contentType)
}

/** Acting is for our own pages and for programs, not for the pages of others. */
export function sameOrigin(): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (READING.includes(c.req.method)) return next()
    const hosts = [c.req.header('host'), c.req.header('x-forwarded-host')?.split(',')[0]?.trim()]
    const ours = isOurs({
      site: c.req.header('sec-fetch-site'),
      origin: c.req.header('origin'),
      hosts: hosts.map(host => host?.toLowerCase()),
      contentType: c.req.header('content-type'),
    })
    if (ours) return next()
    const message =
      'expected a request from a page of this dashboard, or JSON from a program (content-type: application/json), got one from elsewhere (a proxy must leave Host as it is, or set X-Forwarded-Host)'
    return refusal(c, 403, 'cross-site', message)
  }
}

/** `host:port` as `Host` has it: the usual port of the scheme left out; null for `null`. */
function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host || null
  } catch {
    return null
  }
}
