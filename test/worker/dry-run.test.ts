import { expect, it, onTestFinished } from 'vitest'
import type { Run } from '../../src/ledger/run.ts'
import { presences } from '../../src/presence.ts'
import { deploy, every } from '../fixtures/deployment.ts'

it('does everything but the calls', async () => {
  const deployment = await deploy({
    dryRun: true,
    schedules: [every(500), every(500, 'get-stats')],
  })
  onTestFinished(() => deployment.close())
  const runs: Run[] = []
  const done = deployment.nextRun(run => {
    // On a busy machine a slot may come too late to be skipped.
    runs.push(...[run].filter(({ verdict }) => verdict !== 'missed'))
    return runs.length >= 6
  })
  await deployment.producer()
  await deployment.worker()
  await done
  expect(new Set(runs.map(run => run.schedule)).size).toBe(2)
  for (const run of runs) {
    expect(run).toMatchObject({ verdict: 'skipped', reason: 'dry-run', attempts: 0, status: null })
  }
  expect(new Set(deployment.engine.arrivals.map(({ path }) => path))).toEqual(new Set(['/login']))
  const { redis, keys } = deployment
  const [worker] = (await presences(redis, keys)).filter(({ part }) => part === 'worker')
  expect(worker).toMatchObject({ dryRun: true })
  expect(await redis.hlen(keys.sent('default/update-engine'))).toBe(0)
})
