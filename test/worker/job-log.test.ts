import { Queue } from 'bullmq'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Run } from '../../src/ledger/run.ts'
import { noteworthy } from '../../src/worker/job-log.ts'
import * as behaviours from '../fixtures/behaviours.ts'
import { type Deployment, deploy, every } from '../fixtures/deployment.ts'

let deployment: Deployment
let queue: Queue
beforeEach(async () => {
  deployment = await deploy({ schedules: [every(2000)], retry: { backoff: 20 } })
  const { redis, prefix } = deployment
  queue = new Queue('calls', { connection: redis, prefix, skipMetasUpdate: true })
})
afterEach(async () => {
  await queue.close()
  await deployment.close()
})

/** The logs of the job of a slot, without their times. */
async function logsOf({ slot }: Run): Promise<string[]> {
  const { logs } = await queue.getJobLogs(`repeat:default/update-engine:${(slot ?? 0) - 250}`)
  return logs.map(line => line.replace(/^\S+Z /, ''))
}

it('says why a run was tried again and how it failed, with what the engine said', async () => {
  const answers = [503, 503, 400].map(status => behaviours.answer(status, { msg: 'no such pool' }))
  deployment.engine.behave('/update-engine', exchange => answers.shift()?.(exchange))
  await deployment.producer()
  await deployment.worker('w1')
  const run = await deployment.nextRun()
  expect(run).toMatchObject({ verdict: 'failed', attempts: 3 })
  await expect
    .poll(() => logsOf(run))
    .toEqual([
      expect.stringMatching(/^w1: this attempt failed \(http-503\), again in \d+ ms$/),
      expect.stringMatching(/^w1: this attempt failed \(http-503\), again in \d+ ms$/),
      expect.stringMatching(/^w1: failed: http-400: .*no such pool/),
    ])
})

it('says nothing of what went well', async () => {
  await deployment.producer()
  await deployment.worker()
  const run = await deployment.nextRun()
  await expect.poll(() => queue.getCompletedCount()).toBe(1)
  expect(await logsOf(run)).toEqual([])
})

it('says that a worker gave the slot back, and which one made the call', async () => {
  await deployment.producer()
  const first = await deployment.worker('w1')
  const given = deployment.next('gave-back')
  // Claimed 250 ms before its slot: it stops in between.
  while ((await queue.getActiveCount()) === 0) await new Promise(done => setTimeout(done, 5))
  await first.stop()
  await given
  await deployment.worker('w2')
  const run = await deployment.nextRun()
  expect(run).toMatchObject({ verdict: 'succeeded', worker: 'w2' })
  expect(await logsOf(run)).toEqual(['w1: given back unsent: this worker stops'])
})

it('adds nothing to results that say it all, and what the engine said to those that do not', () => {
  for (const verdict of ['succeeded', 'engine-stopped', 'skipped', 'missed'] as const) {
    const run = { verdict, reason: 'overlap' } as Run
    expect(noteworthy({ how: 'ended', run })).toBe(null)
  }
  const run = { verdict: 'unknown', reason: 'reset', detail: 'socket hang up' } as Run
  expect(noteworthy({ how: 'ended', run })).toBe('unknown: reset: socket hang up')
  expect(noteworthy({ how: 'idle', why: 'done' })).toBe(null)
})
