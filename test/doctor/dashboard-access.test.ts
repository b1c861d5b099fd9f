import { expect, it } from 'vitest'
import { dashboardAccess } from '../../src/doctor/dashboard-access.ts'
import { subjectOf } from '../fixtures/doctor.ts'

function of(password: string) {
  const env = { SCHEDULER_DASHBOARD_USER: 'me', SCHEDULER_DASHBOARD_PASSWORD: password }
  return dashboardAccess(subjectOf({ env: { ...env, SCHEDULER_DASHBOARD_HOST: '0.0.0.0' } }))
}

it('warns of a short password, and does not tell it', () => {
  expect(of('hunter2')).toMatchObject({ level: 'warning' })
  expect(JSON.stringify(of('hunter2'))).not.toContain('hunter2')
  expect(of('a long enough one')).toMatchObject({ level: 'ok' })
})

it('is content with a dashboard that only this machine reaches', () => {
  expect(dashboardAccess(subjectOf({})).found).toBe('this machine only, reads')
})
