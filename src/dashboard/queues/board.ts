import { resolve } from 'node:path'
import { createBullBoard } from '@bull-board/api'
import { HonoAdapter } from '@bull-board/hono'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Hono } from 'hono'
import { baseOf } from '../base.ts'
import type { Served } from '../served.ts'
import { CallsAdapter } from './calls-adapter.ts'
import { CallsQueue } from './calls-queue.ts'
import { admitRequests } from './queue-requests.ts'
import { readOnly } from './read-only.ts'

/** Bull Board, over a connection of its own that ends with that of `served`. Its paths begin after `/queues`. */
export function openBoard(served: Served): Hono {
  const { write } = served.config.dashboard
  const base = baseOf(served.config.dashboard)
  const connection = served.redis.duplicate({
    connectionName: 'hft-scheduler:queues',
    lazyConnect: true,
  })
  // What is lost and found is announced by the other connection.
  connection.on('error', () => 0)
  served.redis.once('end', () => connection.disconnect())
  const redis = write ? connection : readOnly(connection)
  const queue = new CallsQueue({ redis, prefix: served.config.redis.prefix })
  // Bull Board looks for the whole prefix; what comes here begins after it. Its root is relative to
  // the working directory of this moment.
  const files: typeof serveStatic = options =>
    serveStatic({
      ...options,
      root: resolve(options?.root ?? ''),
      rewriteRequestPath: file => file.replace(/^\/static/, ''),
    })
  const adapter = new HonoAdapter(files)
  adapter.setBasePath(`${base}queues`)
  createBullBoard({
    queues: [new CallsAdapter({ queue, served })],
    serverAdapter: adapter,
    options: {
      handlerHooks: { before: admitRequests(served) },
      uiConfig: {
        boardTitle: 'hft-scheduler',
        favIcon: { default: `${base}assets/icon.svg`, alternative: 'static/favicon-32x32.png' },
        boardLogo: { path: `${base}assets/icon.svg`, width: 28, height: 28 },
        dateFormats: { short: TIME, common: DATE, full: DATE },
        miscLinks: [{ text: 'Overview', url: base }],
        environment: write
          ? { label: 'people may act · times in UTC', color: '#b45309', textColor: '#ffffff' }
          : { label: 'read-only · times in UTC', color: '#475569', textColor: '#ffffff' },
        hideDocsLink: true,
      },
    },
  })
  adapter.setErrorHandler(error => failure(error, redis.status === 'ready'))
  return adapter.registerPlugin()
}

/** In UTC, as the names of jobs have it. */
const TIME: Intl.DateTimeFormatOptions = {
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  ...{ hourCycle: 'h23', timeZone: 'UTC' },
}
const DATE: Intl.DateTimeFormatOptions = {
  ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  ...TIME,
}

/** As Bull Board's pages, and our own API, say what went wrong. */
function failure(error: Error, reachable: boolean) {
  const late = error.message === 'Command timed out'
  const status = reachable && !late ? 500 : 503
  const code = status === 503 ? 'redis-unreachable' : 'failed'
  const message = status === 503 ? 'Redis does not answer' : error.message
  // Its types know no 503.
  return { status: status as 500, body: { error: { key: KEY, code, message }, message } }
}
const KEY = 'ERRORS.INTERNAL_SERVER_ERROR'
