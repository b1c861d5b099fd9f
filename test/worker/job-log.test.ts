import { Queue } from 'bullmq'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Run } from '../../src/ledger/run.ts'
import { noteworthy } from '../../src/worker/job-log.ts'
import * as behaviours from '../fixtures/behaviours.ts'
import { type Deployment, deploy, every, soon } from '../fixtures/deployment.ts'
import { heldSlot } from '../fixtures/slots.ts'

let deployment: Deployment
let queue: Queue
beforeEach(async () => {
  deployment = await deploy({ schedules: [soon()], retry: { backoff: 20 } })
  const { redis, prefix } = deployment
  queue = new Queue('calls', { connection: redis, prefix, skipMetasUpdate: true })
})
afterEach(async () => {
  await queue.close()
  await deployment.close()
})

const jobOf = ({ slot }: Run, lead = 250) => `repeat:default/update-engine:${(slot ?? 0) - lead}`

/** The logs of the job of a slot, without their times. */
async function logsOf(run: Run, lead?: number): Promise<string[]> {
  const { logs } = await queue.getJobLogs(jobOf(run, lead))
  return logs.map(line => line.replace(/^\S+Z /, ''))
}

it('says why a run was tried again and how it failed, with what the engine said', async () => {
  const answers = [429, 429, 400].map(status => behaviours.answer(status, { msg: 'no such pool' }))
  deployment.engine.behave('/update-engine', exchange => answers.shift()?.(exchange))
  await deployment.producer()
  await deployment.worker('w1')
  const run = await deployment.nextRun()
  expect(run).toMatchObject({ verdict: 'failed', attempts: 3 })
  await expect
    .poll(() => logsOf(run))
    .toEqual([
      expect.stringMatching(/^w1: this attempt failed \(http-429\), again in \d+ ms$/),
      expect.stringMatching(/^w1: this attempt failed \(http-429\), again in \d+ ms$/),
      expect.stringMatching(/^w1: failed: http-400: .*no such pool/),
    ])
})

it('says nothing of what went well', async () => {
  await deployment.producer()
  await deployment.worker()
  const run = await deployment.nextRun()
  await expect.poll(() => queue.getJobState(jobOf(run))).toBe('completed')
  expect(await logsOf(run)).toEqual([])
})

it('says that a worker gave the slot back, and which one made the call', async () => {
  // Held for so long that a busy machine stops it in between.
  const lead = 3000
  const phase = (Date.now() + 4500) % 6000
  const change = { schedules: [every(6000, 'update-engine', phase)], timing: { lead } }
  await deployment.producer('producer', change)
  const first = await deployment.worker('w1', change)
  const slot = await heldSlot(deployment, lead)
  const given = deployment.next('gave-back')
  await first.stop()
  await given
  await deployment.worker('w2', change)
  const run = await deployment.nextRun()
  expect(run).toMatchObject({ slot, verdict: 'succeeded', worker: 'w2' })
  expect(await logsOf(run, lead)).toEqual(['w1: given back unsent: this worker stops'])
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
