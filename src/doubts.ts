import type { Given } from './given.ts'
import { JOBS } from './jobs.ts'
import { TIMES } from './schedule-settings.ts'
import type { SettingName, Values } from './settings.ts'

/** What is no mistake, but probably not meant: one warning each. */
export function doubts(values: Values, found: ReadonlyMap<SettingName, Given>): string[] {
  const warnings: string[] = []
  const given = (name: SettingName) => found.get(name)
  const flagged = (name: SettingName) => given(name)?.source === `flag --${name}`
  const { username, password } = new URL(values['redis-url'])
  const listed = 'everybody on this machine can read it in the list of processes; better:'

  if (flagged('password')) {
    const better =
      'SCHEDULER_ENGINEAPI_PASSWORD, SCHEDULER_ENGINEAPI_PASSWORD_FILE, --password-file'
    warnings.push(`--password: ${listed} ${better}`)
  }
  if (flagged('dashboard-password')) {
    const better = 'SCHEDULER_DASHBOARD_PASSWORD, SCHEDULER_DASHBOARD_PASSWORD_FILE'
    warnings.push(`--dashboard-password: ${listed} ${better}, --dashboard-password-file`)
  }
  if (flagged('redis-url') && password) {
    warnings.push(`--redis-url: it holds a password, and ${listed} REDIS_URL, REDIS_URL_FILE`)
  }
  if (username && !password) {
    const meant = 'a password alone has a colon before it, redis://:password@host'
    warnings.push(`${given('redis-url')?.label}: a user without a password; ${meant}`)
  }
  for (const { label, source, text } of found.values()) {
    if (!source.startsWith('environment ') || !/^(['"]).*\1$/.test(text)) continue
    warnings.push(`${label}: the quotation marks around it are part of the value`)
  }
  const caFile = given('api-ca-file')
  if (caFile && values['api-scheme'] !== 'https') {
    warnings.push(`${caFile.label}: has no effect, the engine is called by http`)
  }
  const redisCaFile = given('redis-ca-file')
  if (redisCaFile && !values['redis-url'].startsWith('rediss:')) {
    warnings.push(`${redisCaFile.label}: has no effect, the URL of Redis is no rediss://`)
  }
  for (const job of JOBS.filter(job => !values.jobs.includes(job))) {
    for (const name of Object.values(TIMES[job])) {
      const label = given(name)?.label
      if (label) warnings.push(`${label}: has no effect, ${job} is not among the jobs`)
    }
  }
  return warnings
}
