import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { Env } from '../served.ts'

type Policy = NonNullable<NonNullable<Parameters<typeof secureHeaders>[0]>['contentSecurityPolicy']>

/** Nothing comes from elsewhere, nothing goes elsewhere, no page frames ours. */
const OURS: Policy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
}

/** Bull Board's page has a `<base>` and styles of its own within. */
const QUEUES: Policy = {
  ...OURS,
  styleSrc: ["'self'", "'unsafe-inline'"],
  baseUri: ["'self'"],
}

/** What every answer carries so that browsers keep the pages apart from all others. */
export function headers(): MiddlewareHandler<Env> {
  const [ours, queues] = [OURS, QUEUES].map(contentSecurityPolicy =>
    secureHeaders({
      contentSecurityPolicy,
      // It is a promise about https, which the proxy in front can give.
      strictTransportSecurity: false,
      xFrameOptions: 'DENY',
      // With `no-referrer`, browsers would hide from us that a form is our own.
      referrerPolicy: 'same-origin',
      permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
    }),
  ) as [MiddlewareHandler, MiddlewareHandler]
  return async (c, next) => {
    await (/^\/queues(\/|$)/.test(c.req.path) ? queues : ours)(c, next)
    // What is shown is for those who may see it now, and true now.
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  }
}
