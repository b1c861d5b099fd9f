import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import { json, page, raised } from './engine-answers.ts'
import { type Env, type Route, type RouteOptions, routesOf } from './engine-routes.ts'
import { ChainError } from './trading.ts'

/** One call that the engine has answered, or would have, had its client stayed. */
export interface SimulatedCall {
  /** When it arrived, epoch ms. */
  at: number
  method: string
  path: string
  /** null when the connection was reset instead. */
  status: number | null
  /** ms. */
  duration: number
  /** Another update-engine was in flight when this one came: the engine has no lock of its own. */
  overlapped: boolean
  /** The client did not wait for the answer; the engine went on all the same. */
  abandoned: boolean
}

export interface EngineAppOptions extends RouteOptions {
  onCall: (call: SimulatedCall) => void
}

/** The routes of ENGINE.md with the manners of Flask. */
export function engineApp(options: EngineAppOptions): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    const at = Date.now()
    const { path, method } = c.req
    await next()
    const overlapped = c.get('overlapped') ?? false
    const abandoned = c.env.outgoing.destroyed && c.res !== RESPONSE_ALREADY_SENT
    const status = c.res === RESPONSE_ALREADY_SENT ? null : c.res.status
    options.onCall({ at, method, path, status, duration: Date.now() - at, overlapped, abandoned })
  })
  for (const route of routesOf(options)) {
    const { method, path } = route
    const allow = method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS'
    // Hono answers HEAD by executing GET and leaving the body out, as Flask does.
    app.on(method, path, c => served(c, route, options))
    app.options(path, () => new Response('', { headers: { allow, 'content-type': HTML } }))
    app.all(path, () => page(405, { allow }))
  }
  app.notFound(() => page(404))
  app.onError(() => page(500))
  return app
}

const HTML = 'text/html; charset=utf-8'

async function served(c: Context<Env>, route: Route, options: EngineAppOptions): Promise<Response> {
  const { token, answer } = route
  if (token === undefined) return await answer(c)
  const refusal = await options.tokens.refusal(c.req.header('authorization'), token)
  if (refusal) return json(refusal.status, { msg: refusal.msg })
  try {
    return await answer(c)
  } catch (error) {
    if (!(error instanceof ChainError)) throw error
    return raised(options.generation, error)
  }
}
