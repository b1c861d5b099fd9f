import { AsyncLocalStorage } from 'node:async_hooks'
import type { BeforeHook, HookContext } from '@bull-board/api/typings/app'
import { QUEUE } from '../../jobs.ts'
import { recordAction } from '../../ledger/actions.ts'
import type { Served } from '../served.ts'

/** Who asks Bull Board: its own handlers do not know. */
export const asking = new AsyncLocalStorage<string>()

type Request = HookContext['request']

/** What each changing request asks for, by its route; what is not here is refused. */
const ASKED: Readonly<Record<string, string>> = {
  'put /api/queues/pause': 'pause the queue',
  'put /api/queues/resume': 'resume the queue',
  'put /api/queues/:queueName/pause': 'pause the queue',
  'put /api/queues/:queueName/resume': 'resume the queue',
  'put /api/queues/:queueName/retry/:queueStatus': 'retry all jobs',
  'put /api/queues/:queueName/clean/:queueStatus': 'clean the queue',
  'put /api/queues/:queueName/concurrency': 'limit the concurrency',
  'put /api/queues/:queueName/rate-limit': 'limit the rate',
  'put /api/queues/:queueName/rate-limit/release': 'release the rate limit',
  'put /api/queues/:queueName/empty': 'empty the queue',
  'put /api/queues/:queueName/obliterate': 'obliterate the queue',
  'put /api/queues/:queueName/job-schedulers/:schedulerId/remove': 'remove the scheduler',
  'patch /api/queues/:queueName/job-schedulers/:schedulerId': 'edit the scheduler',
  'put /api/queues/:queueName/job-schedulers/:schedulerId/run': 'run the scheduler now',
  'put /api/queues/:queueName/:jobId/retry': 'retry the job',
  'put /api/queues/:queueName/:jobId/clean': 'remove the job',
  'patch /api/queues/:queueName/:jobId/priority': 'change the priority of the job',
}

const PROMOTED =
  'A tick that is claimed long before its slot is prepared too early: its token can be over then. For a call now, run its scheduler.'

/** What nothing could repair, and what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  'post /api/queues/:queueName/add':
    'Jobs come from schedules alone: one that somebody made up could call an engine outside of its slots. For a call now, run its scheduler.',
  'patch /api/queues/:queueName/:jobId/update-data':
    'What a job asks for follows from its schedule: one that somebody changed could call an engine outside of its slots.',
  'patch /api/queues/:queueName/:jobId/delay':
    'When a job is due follows from its slot: one that somebody postponed would be late.',
  'put /api/queues/:queueName/promote': PROMOTED,
  'put /api/queues/:queueName/:jobId/promote': PROMOTED,
}

/**
 * Bull Board's hook before every request: those that change something are recorded and announced
 * before they are carried out, or refused. The producer repairs what they do to the schedules.
 */
export function admitRequests(served: Served): BeforeHook {
  const { redis, keys, events, config } = served
  return async ({ method, route, request }) => {
    if (method === 'get') return undefined
    if (!config.dashboard.write) {
      const message = 'This dashboard is read-only; --dashboard-write lets people act.'
      return { allow: false, status: 403, errorKey: 'ERRORS.QUEUE_READ_ONLY', message }
    }
    const asked = ASKED[`${method} ${route}`]
    if (asked === undefined) {
      const message = REFUSED[`${method} ${route}`] ?? 'This is not known here, so it is refused.'
      return { allow: false, status: 403, message }
    }
    const by = asking.getStore() ?? 'unknown'
    const action = `${asked}${detailOf(request)}`
    const target = targetOf(request)
    // A call by hand is recorded where it is asked for.
    if (!route.endsWith('/run')) {
      await recordAction(redis, keys, { by, via: 'Bull Board', action, target, reason: '' })
    }
    events.emit('warning', {
      part: 'dashboard',
      message: `Bull Board: ${by} asked to ${action} (${target})`,
    })
    return undefined
  }
}

function targetOf({ params }: Request): string {
  return String(params.schedulerId ?? params.jobId ?? `queue ${QUEUE}`)
}

/** What came with the request: `: failed`, `: {"concurrency":1}`. */
function detailOf({ params, body }: Request): string {
  if (params.queueStatus !== undefined) return `: ${params.queueStatus}`
  const said = JSON.stringify(body ?? {})
  return said === '{}' ? '' : `: ${said.slice(0, 200)}`
}
