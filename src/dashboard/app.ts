import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getPath } from 'hono/utils/url'
import { actionsRoutes } from './actions/actions-routes.ts'
import { assetRoutes } from './assets.ts'
import { baseOf, withoutBase } from './base.ts'
import { seriesRoutes } from './charts/series-routes.ts'
import { access } from './guard/access.ts'
import { headers } from './guard/headers.ts'
import { sameOrigin } from './guard/origin.ts'
import { overviewRoutes } from './live/overview-routes.ts'
import { missingPage, pageRoutes } from './pages.ts'
import { isApi, problem, troubles } from './problems.ts'
import { queuesRoutes } from './queues/queues-routes.ts'
import { runsRoutes } from './runs/runs-routes.ts'
import type { Env, Served } from './served.ts'

/** What people send is short, bytes. */
const LONGEST_BODY = 64 * 1024

/**
 * The whole dashboard as a function of requests. Routes see paths without the base, which a proxy
 * may have taken away before; the links that they make begin with it.
 */
export function dashboardApp(served: Served): Hono<Env> {
  const base = baseOf(served.config.dashboard)
  const app = new Hono<Env>({ getPath: request => withoutBase(getPath(request), base) })
  app.use(headers())
  app.use(access(served))
  app.use(sameOrigin())
  app.use(bodyLimit({ maxSize: LONGEST_BODY, onError: c => problem(c, 413, ...TOO_LONG) }))
  if (base !== '/') app.get(base.slice(0, -1), c => c.redirect(base))
  app.route('/assets', assetRoutes())
  app.route('/api', overviewRoutes(served))
  app.route('/api', runsRoutes(served))
  app.route('/api', actionsRoutes(served))
  app.route('/api', seriesRoutes(served))
  app.route('/queues', queuesRoutes(served))
  app.route('/', pageRoutes(served))
  app.onError(troubles(served))
  app.notFound(c => {
    if (isApi(c.req.path)) return problem(c, 404, 'not-found', `there is no ${c.req.path}`)
    return c.html(missingPage(served), 404)
  })
  return app
}

const TOO_LONG = ['too-long', `expected at most ${LONGEST_BODY} bytes`] as const
