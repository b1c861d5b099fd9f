import { describe, expect, it } from 'vitest'
import type { Sources } from '../src/config.ts'
import { problems, resolve, setting } from './fixtures/settings.ts'

function grids(sources: Partial<Sources>) {
  return resolve(sources).config.engines[0]?.schedules.map(({ grid }) => grid)
}

describe('schedules', () => {
  it('put get-stats half an interval after update-engine', () => {
    expect(grids({ flags: { interval: '0.125' } })).toEqual([
      { interval: 125, phase: 0 },
      { interval: 125, phase: 62 },
    ])
  })

  it('take an interval and a cron pattern per job', () => {
    const flags = {
      'update-cron': ' */5  * * * * ',
      'stats-interval': '1m',
      timezone: 'Europe/Berlin',
    }
    expect(grids({ flags })).toEqual([
      { cron: '*/5 * * * *', timezone: 'Europe/Berlin' },
      { interval: 60_000, phase: 30_000 },
    ])
  })

  it('follow the stronger source of an interval and a cron pattern', () => {
    const cron = { cron: '* * * * * *', timezone: 'UTC' }
    const jobs = { jobs: 'update-engine' }
    const [interval, pattern] = ['SCHEDULER_UPDATE_INTERVAL', 'SCHEDULER_UPDATE_CRON']
    expect(
      grids({ flags: { ...jobs, 'update-cron': cron.cron }, env: { [interval]: '7' } }),
    ).toEqual([cron])
    expect(
      grids({ flags: { ...jobs, 'update-interval': '7' }, env: { [pattern]: cron.cron } }),
    ).toEqual([{ interval: 7000, phase: 0 }])
    expect(
      setting({ flags: { 'update-cron': cron.cron }, env: { [interval]: '7' } }, 'update-interval')
        ?.source,
    ).toBe('environment SCHEDULER_UPDATE_INTERVAL (overruled by --update-cron)')
    expect(problems({ env: { [interval]: '7', [pattern]: cron.cron } })).toEqual([
      'SCHEDULER_UPDATE_INTERVAL and SCHEDULER_UPDATE_CRON: expected only one of the two',
    ])
  })

  it('exist for the jobs that are named', () => {
    const { config } = resolve({ flags: { jobs: ' get-stats ' } })
    expect(config.engines[0]?.schedules.map(({ job }) => job)).toEqual(['get-stats'])
  })
})
