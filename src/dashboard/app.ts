import { Hono } from 'hono'
import { access } from './access.ts'
import { actionsRoutes } from './actions-routes.ts'
import { assetRoutes } from './assets.ts'
import { overviewRoutes } from './overview-routes.ts'
import { pageRoutes } from './pages.ts'
import { queuesRoutes } from './queues-routes.ts'
import { runsRoutes } from './runs-routes.ts'
import { seriesRoutes } from './series-routes.ts'
import type { Env, Served } from './served.ts'

/** The whole dashboard as a function of requests, under its path and, for a proxy that takes that away, without. */
export function dashboardApp(served: Served): Hono<Env> {
  const app = new Hono<Env>()
  const { dashboard } = served.config
  app.use(access(dashboard))
  app.route('/assets', assetRoutes())
  app.route('/api', overviewRoutes(served))
  app.route('/api', runsRoutes(served))
  app.route('/api', actionsRoutes(served))
  app.route('/api', seriesRoutes(served))
  app.route('/queues', queuesRoutes(served))
  app.route('/', pageRoutes(served))
  if (dashboard.path === '/') return app
  return new Hono<Env>().route(dashboard.path, app).route('/', app)
}
