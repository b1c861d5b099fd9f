import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobName } from '../../src/jobs.ts'
import type { Run } from '../../src/ledger/run.ts'
import { Producer } from '../../src/producer/producer.ts'
import { Worker } from '../../src/worker/worker.ts'
import { answer } from '../fixtures/behaviours.ts'
import { type Deployment, deploy, soon } from '../fixtures/deployment.ts'
import { startEngine, type TestEngine } from '../fixtures/engine.ts'

/** What an engine or a proxy before it answers, and what its slot must become. */
interface Case {
  name: string
  job: JobName
  status: number
  headers?: Record<string, string>
  body: string
  /** Only the first time. */
  once?: boolean
  verdict: string
  reason?: string
  /** Calls of the slot that may reach the engine: with 3 attempts, and time enough for them. */
  calls: number
  lease?: 'released' | 'kept'
  /** Of the stats history. */
  keeps?: Record<string, unknown>
  /** Statuses that the operator vouches for. */
  notExecuted?: number[]
}

const TABLE = JSON.parse(
  readFileSync(new URL('answers.json', import.meta.url), 'utf8'),
) as readonly Case[]
const VOUCHED_FOR: readonly Case[] = [503, 502, 408].map(status => ({
  name: `a ${status}, which the operator vouches for`,
  job: 'update-engine',
  status,
  body: 'busy',
  once: true,
  verdict: 'succeeded',
  calls: 2,
  notExecuted: [503, 502, 408],
}))
const UNCALLED = new Set(['missed', 'skipped'])
const PATHS = { 'update-engine': '/update-engine', 'get-stats': '/stats' } as const

/** One deployment for all cases: each is an engine of its own, all are called at the same time. */
describe.each([
  ['with the settings as they are', TABLE, []],
  ['with --not-executed', VOUCHED_FOR, [503, 502, 408]],
])('an answer, %s', (_name, table, notExecuted) => {
  let deployment: Deployment
  let engines: TestEngine[]
  const runs = new Map<string, Run>()
  const idOf = (of: Case) => `case-${table.indexOf(of)}`

  beforeAll(async () => {
    deployment = await deploy()
    engines = await Promise.all(table.map(() => startEngine()))
    const config = {
      ...deployment.config('answers', { retry: { attempts: 3, backoff: 20, notExecuted } }),
      engines: table.map((of, index) => {
        const { url, username, password, behave } = engines[index] as TestEngine
        const { job, status, body, headers, once } = of
        behave(PATHS[job], answer(status, body, headers), once ? 1 : undefined)
        return { id: idOf(of), url, username, password, ca: null, schedules: [soon(job, 2500)] }
      }),
    }
    // The first slot that a worker was there for: what came too early has no call.
    const ended = new Promise<void>(resolve => {
      deployment.events.on('run', run => {
        if (!UNCALLED.has(run.verdict) && !runs.has(run.engine)) runs.set(run.engine, run)
        if (runs.size === table.length) resolve()
      })
    })
    const worker = new Worker({ config, events: deployment.events, version: 'test' })
    const producer = new Producer({ config, events: deployment.events, version: 'test' })
    await worker.start()
    await producer.start()
    await ended
    await producer.stop()
    await worker.stop()
  })
  afterAll(async () => {
    for (const engine of engines) await engine.close()
    await deployment.close()
  })

  test.each(table.map(of => [`${of.status} (${of.name}) of ${of.job}`, of] as const))(
    '%s',
    async (_title, of) => {
      const { verdict, reason, calls, lease, keeps, job } = of
      const run = runs.get(idOf(of)) as Run
      expect(run).toMatchObject(reason === undefined ? { verdict } : { verdict, reason })
      const key = `${run.schedule}@${run.slot}`
      const arrivals = engines[table.indexOf(of)]?.arrivals ?? []
      const made = arrivals.filter(({ headers }) => headers['idempotency-key'] === key)
      expect(made.map(({ path }) => path)).toEqual(Array(calls).fill(PATHS[job]))
      if (lease !== undefined) {
        const held = await deployment.redis.hget(deployment.keys.lease(run.schedule), 'key')
        expect(held).toBe(lease === 'kept' ? String(run.slot) : null)
      }
      if (keeps !== undefined) {
        const points = await deployment.redis.xrange(deployment.keys.stats(run.engine), '-', '+')
        const [fields = []] = points.map(([, flat]) => flat)
        for (const [name, value] of Object.entries(keeps)) {
          expect(fields[fields.indexOf(name) + 1]).toBe(JSON.stringify(value))
        }
      }
    },
  )
})
