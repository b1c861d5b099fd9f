import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import { EngineTokens } from './engine-tokens.ts'
import { Market } from './market.ts'

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

export interface EngineAppOptions {
  username: string
  password: string
  /** All times in ms. */
  latency: number
  latencyJitter: number
  errorRate: number
  tokenLife: number
  rebalanceTime: number
  seed: number
  running: boolean
  onCall: (call: SimulatedCall) => void
}

type Env = { Bindings: HttpBindings; Variables: { overlapped: boolean } }

/** The routes of ENGINE.md over a simulated market. */
export function engineApp(options: EngineAppOptions): Hono<Env> {
  const tokens = new EngineTokens({
    secret: randomBytes(32).toString('hex'),
    accessLife: options.tokenLife,
  })
  const market = new Market({ seed: options.seed, now: Date.now() })
  let running = options.running
  let updating = 0

  const state = () => ({ engine: running ? 'running' : 'stopped' })
  const work = () => sleep(options.latency + Math.random() * options.latencyJitter)

  const success = (c: Context<Env>, message: string) =>
    c.json({ status: 'success', message, ...state(), stats: market.position })
  const refused = (c: Context<Env>, message = 'Engine is not running') =>
    c.json({ status: 'error', message, ...state() }, 404)

  async function update(): Promise<void> {
    await work()
    if (!market.observe(Date.now()).outOfRange) return
    market.close(Date.now())
    await sleep(options.rebalanceTime)
    market.reopen(Date.now())
  }

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

  app.post('/login', async c => {
    const body: unknown = await c.req.json().catch(() => null)
    const { username, password } = (body ?? {}) as Record<string, unknown>
    if (username !== options.username || password !== options.password) {
      return c.json({ status: 'error', message: 'Bad username or password' }, 401)
    }
    const access_token = await tokens.make('access', options.username)
    const refresh_token = await tokens.make('refresh', options.username)
    return c.json({ status: 'success', access_token, refresh_token })
  })

  app.post('/refresh', async c => {
    const refusal = await tokens.refusal(c.req.header('authorization'), 'refresh')
    if (refusal) return c.json({ msg: refusal.msg }, refusal.status)
    return c.json({
      status: 'success',
      access_token: await tokens.make('access', options.username),
    })
  })

  app.get('/healthcheck', async c => {
    await sleep(1000)
    return c.json({ status: 'success', message: 'Healthy', ...state() })
  })

  for (const path of ['/update-engine', '/stats', '/start', '/stop']) {
    app.use(path, async (c, next) => {
      const refusal = await tokens.refusal(c.req.header('authorization'), 'access')
      if (refusal) return c.json({ msg: refusal.msg }, refusal.status)
      return next()
    })
  }

  for (const path of ['/update-engine', '/stats']) {
    app.use(path, async (c, next) => {
      if (!running) return refused(c)
      const fails = Math.random() < options.errorRate
      const how = Math.floor(Math.random() * 3)
      if (fails && how === 0) return c.text('Service Unavailable', 503)
      await next()
      if (fails && how === 1) c.res = c.text('Internal Server Error', 500)
      if (fails && how === 2) {
        c.env.outgoing.destroy()
        // Assigned over another one, Hono would make a copy that nobody knows as sent.
        c.res = undefined
        c.res = RESPONSE_ALREADY_SENT
      }
      return undefined
    })
  }

  app.get('/update-engine', async c => {
    c.set('overlapped', updating++ > 0)
    try {
      await update()
    } finally {
      updating--
    }
    return success(c, 'Engine updated')
  })

  app.get('/stats', async c => {
    await work()
    return success(c, 'Engine stats')
  })

  app.get('/start', c => {
    if (running) return refused(c, 'Engine is already running')
    running = true
    return success(c, 'Engine started')
  })

  app.get('/stop', c => {
    if (!running) return refused(c)
    running = false
    return success(c, 'Engine stopped')
  })

  return app
}
