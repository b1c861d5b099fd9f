import { expect, it } from 'vitest'
import type { Config } from '../../src/config.ts'
import { schedulesOf } from '../../src/producer/schedules.ts'

function config(lead: number): Config {
  const common = { url: 'http://e', username: 'u', password: 's3cret', ca: null }
  const update = { job: 'update-engine', grid: { interval: 1000, phase: 0 } } as const
  const stats = { job: 'get-stats', grid: { cron: '0 9 * * *', timezone: 'UTC' } } as const
  const engines = [
    { ...common, id: 'a', schedules: [update, stats] },
    { ...common, id: 'b', schedules: [update] },
  ]
  return { engines, timing: { lead } } as unknown as Config
}

it('gives every job of every engine a schedule, without its secrets', () => {
  const schedules = schedulesOf(config(250))
  expect(schedules.map(({ id }) => id)).toEqual([
    'a/update-engine',
    'a/get-stats',
    'b/update-engine',
  ])
  expect(schedules[0]).toEqual({
    ...{ id: 'a/update-engine', engine: 'a', job: 'update-engine' },
    ...{ grid: { interval: 1000, phase: 0 }, lead: 250, revision: expect.any(String) },
  })
  expect(JSON.stringify(schedules)).not.toContain('s3cret')
})

it('says the same at any time and for every producer', () => {
  expect(schedulesOf(config(2000))).toEqual(schedulesOf(config(2000)))
  const [one, other] = [schedulesOf(config(250)), schedulesOf(config(100))]
  expect(one.map(({ revision }) => revision)).not.toEqual(other.map(({ revision }) => revision))
})

it('shortens a lead to half the interval', () => {
  expect(schedulesOf(config(2000)).map(({ lead }) => lead)).toEqual([500, 2000, 500])
})
