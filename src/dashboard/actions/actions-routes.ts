import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { UserError } from '../../command.ts'
import { actionsBefore } from '../../ledger/actions.ts'
import { reasonOf } from '../../reason.ts'
import { redisSentence } from '../../redis-errors.ts'
import { Unfit } from '../../setting-kinds.ts'
import { isOutage, problem } from '../problems.ts'
import { asked } from '../query.ts'
import type { Env, Served } from '../served.ts'
import type { ActionsView } from '../views.ts'
import { ACTS } from './acting.ts'

/** What people did, and what they ask for. */
export function actionsRoutes(served: Served): Hono<Env> {
  const { redis, keys, config } = served
  const app = new Hono<Env>()

  app.get('/actions', async c => {
    const { read, limit, wrong } = asked(c)
    const before = read('cursor', 'what `next` of an earlier answer said', text =>
      /^(?!0+-0+$)\d{1,15}-\d{1,15}$/.test(text) ? text : null,
    )
    const page = { before, limit: limit() }
    const mistakes = wrong()
    if (mistakes.length > 0) return problem(c, 400, 'bad-query', mistakes.join('; '))
    const view: ActionsView = await actionsBefore(redis, keys, page)
    return c.json(view)
  })

  app.post('/actions', async c => {
    if (!config.dashboard.write) {
      const message =
        'this dashboard is read-only; start it with --dashboard-write to act from here'
      return problem(c, 403, 'read-only', message)
    }
    const { data: wish, error } = Wish.safeParse(await c.req.json().catch(() => undefined))
    if (error !== undefined) return problem(c, 400, 'bad-request', saidOf(error))
    const { action, target, reason } = wish
    try {
      const acted = await ACTS[action](served, { target, reason, by: c.var.by, via: 'dashboard' })
      return c.json(acted, action === 'trigger' ? 202 : 200)
    } catch (error) {
      return failed(c, served, error as Error)
    }
  })
  return app
}

const ACTIONS = Object.keys(ACTS) as (keyof typeof ACTS)[]

const Wish = z
  .object({
    action: z.enum(ACTIONS),
    target: z.string().min(1).max(500),
    reason: z.string().default(''),
  })
  .transform((wish, context) => {
    try {
      return { ...wish, reason: reasonOf(wish.reason, wish.action === 'pause') }
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      context.addIssue({ code: 'custom', path: ['reason'], message: error.message })
      return z.NEVER
    }
  })

function saidOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ')
}

/** A refusal of Redis's own was none; after anything else it may have been done all the same. */
function failed(c: Context, { redis }: Served, error: Error): Response {
  if (error instanceof UserError) {
    const hint = error.hint === null ? '' : `; ${error.hint}`
    return problem(c, 404, 'not-found', error.message + hint)
  }
  if (error.name === 'ReplyError' || error.message.startsWith('EXECABORT')) {
    return problem(
      c,
      503,
      'redis-refused',
      `nothing was done: Redis refused it (${redisSentence(error)})`,
    )
  }
  if (!isOutage(error, redis.status)) throw error
  const message =
    'Redis does not answer; it may have been done all the same: look before you repeat it'
  return problem(c, 503, 'redis-unreachable', message)
}
