import { Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import { baseOf, withoutBase } from '../base.ts'
import type { Env, Served } from '../served.ts'
import { openBoard } from './board.ts'
import { asking } from './queue-requests.ts'

/** Bull Board, as it comes but for its fonts: asking Google for them would tell of every visit. */
export function queuesRoutes(served: Served): Hono<Env> {
  const base = baseOf(served.config.dashboard)
  const board = new Hono({
    getPath: request => withoutBase(getPath(request), base).slice('/queues'.length),
  }).route('/', openBoard(served))
  return new Hono<Env>()
    .get('/', c => c.redirect(`${base}queues/`))
    .all('/*', async c => {
      const response = await asking.run(c.get('by'), () => board.fetch(c.req.raw, c.env))
      const type = response.headers.get('content-type') ?? ''
      if (response.status === 404 && !type.startsWith('application/json')) return c.notFound()
      if (HASHED.test(c.req.path)) {
        response.headers.set('cache-control', 'private, max-age=31536000, immutable')
      }
      if (!type.startsWith('text/html')) return response
      const page = (await response.text()).replace(/<link[^>]*fonts\.googleapis\.com[^>]*>/g, '')
      return c.html(page, response.status as 200)
    })
}

/** Its scripts and styles; another content has another name. */
const HASHED = /^\/queues\/static\/.*\.[0-9a-f]{10}\.(js|css)$/
