import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import type { Generation } from '../simulation.ts'
import { already, done, json, listed, state } from './engine-answers.ts'
import { credentialsIn, readJson } from './engine-requests.ts'
import type { EngineTokens } from './engine-tokens.ts'
import { ChainError, type Trading } from './trading.ts'

export interface RouteOptions {
  generation: Generation
  username: string
  password: string
  /** ms. */
  latency: number
  latencyJitter: number
  errorRate: number
  trading: Trading
  tokens: EngineTokens
  /** What is said in every position beside its own fields, or instead of them. */
  fields: () => Readonly<Record<string, unknown>>
}

export type Env = { Bindings: HttpBindings; Variables: { overlapped: boolean } }

export interface Route {
  method: 'GET' | 'POST'
  path: string
  /** The kind of token that it asks for. */
  token?: 'access' | 'refresh'
  answer: (c: Context<Env>) => Response | Promise<Response>
}

/** What the engine does, and answers, when it is asked. */
export function routesOf(options: RouteOptions): Route[] {
  const { generation, username, tokens, trading } = options
  let updating = 0
  const said = () => ({ generation, running: trading.running, fields: options.fields() })
  const work = () => sleep(options.latency + Math.random() * options.latencyJitter)
  const NOT_RUNNING = 'TradingEngine is not running'

  /** What is asked of a running engine; it fails as often as it is told to, after its work. */
  async function whileRunning(c: Context<Env>, message: string, act: () => Promise<void>) {
    if (!trading.running) return already(said(), NOT_RUNNING)
    const fails = Math.random() < options.errorRate
    await act()
    if (!fails) return done(said(), message, trading.position)
    if (Math.random() < 0.5) throw new ChainError('the chain has not answered in time')
    c.env.outgoing.destroy()
    return RESPONSE_ALREADY_SENT
  }

  const open: Route[] = [
    {
      ...{ method: 'POST', path: '/login' },
      async answer(c) {
        const given = credentialsIn(await readJson(c))
        if (given instanceof Response) return given
        if (given.username !== username || given.password !== options.password) {
          return json(401, { status: 'error', message: 'Invalid credentials' })
        }
        const access_token = await tokens.make('access', username)
        const refresh_token = await tokens.make('refresh', username)
        return json(200, { status: 'success', access_token, refresh_token })
      },
    },
    {
      ...{ method: 'GET', path: '/healthcheck' },
      async answer() {
        await sleep(1000)
        return json(200, { status: 'success', ...state(said()) })
      },
    },
  ]
  const guarded: Route[] = [
    {
      ...{ method: 'POST', path: '/refresh', token: 'refresh' },
      async answer() {
        const access_token = await tokens.make('access', username)
        return json(200, { status: 'success', access_token })
      },
    },
    {
      ...{ method: 'GET', path: '/update-engine', token: 'access' },
      async answer(c) {
        c.set('overlapped', updating++ > 0)
        try {
          return await whileRunning(c, 'Updated TradingEngine', async () => {
            await work()
            await trading.update()
          })
        } finally {
          updating--
        }
      },
    },
    {
      ...{ method: 'GET', path: '/stats', token: 'access' },
      answer: c => whileRunning(c, 'Stats for TradingEngine', work),
    },
    {
      ...{ method: 'GET', path: '/start', token: 'access' },
      async answer() {
        if (trading.running) return already(said(), 'TradingEngine is already running')
        await trading.start()
        return done(said(), 'Started TradingEngine', trading.position)
      },
    },
    {
      ...{ method: 'GET', path: '/stop', token: 'access' },
      async answer() {
        if (!trading.running) return already(said(), NOT_RUNNING)
        await trading.stop()
        return done(said(), 'Stopped TradingEngine', trading.lastPosition)
      },
    },
    {
      ...{ method: 'POST', path: '/update-params', token: 'access' },
      async answer(c) {
        const params = await readJson(c)
        if (params instanceof Response) return params
        if (generation === 'first' && isEmpty(params)) {
          return json(401, { status: 'error', message: 'Parameters are required' })
        }
        return json(200, { status: 'success', message: 'Parameters updated' })
      },
    },
  ]
  const history: Route = {
    ...{ method: 'GET', path: '/history', token: 'access' },
    answer: () => listed(said(), trading.history),
  }
  return [...open, ...guarded, ...(generation === 'second' ? [history] : [])]
}

function isEmpty(params: unknown): boolean {
  return !params || (typeof params === 'object' && Object.keys(params).length === 0)
}
