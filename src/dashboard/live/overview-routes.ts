import { Hono } from 'hono'
import { problem } from '../problems.ts'
import type { Env, Served } from '../served.ts'

/** `/overview`, how everything stands, and `/live`, which goes on telling it. */
export function overviewRoutes({ live }: Served): Hono<Env> {
  const app = new Hono<Env>()
  // Whoever pauses or resumes something sees it on all open pages at once, whichever route did it.
  app.use(async (c, next) => {
    await next()
    if (c.req.method === 'POST' && c.res.ok) live.refresh()
  })
  app.get('/overview', async c => {
    const json = await live.overview()
    if (json === null) return problem(c, 503, 'redis-unreachable', 'Redis does not answer')
    return c.body(json, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  })
  app.get('/live', c => {
    if (c.req.method === 'HEAD') return c.body(null, 200, STREAM)
    const events = live.join(() => c.env.outgoing.destroy())
    if (events === null) {
      return problem(c, 503, 'too-many-pages', 'too many pages are open: close some of them')
    }
    return c.body(events, 200, STREAM)
  })
  return app
}

const STREAM = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies must pass events on as they come.
  'x-accel-buffering': 'no',
}
