import { formatDuration } from './duration.ts'
import { DEFAULT_LEVEL, type Given } from './given.ts'
import { JOBS } from './jobs.ts'
import { doubtfulStatuses } from './proxy-statuses.ts'
import { followsCron, gridOf, TIMES } from './schedule-settings.ts'
import { secret, text } from './setting-kinds.ts'
import { SETTINGS, type SettingName, type Values } from './settings.ts'
import { spacing } from './slots.ts'

/** What is no mistake, but probably not meant: one warning each. `values` lacks what is wrong. */
export function doubts(values: Partial<Values>, found: ReadonlyMap<SettingName, Given>): string[] {
  const warnings: string[] = []
  const given = (name: SettingName) => found.get(name)
  const flagged = (name: SettingName) => given(name)?.source === `flag --${name}`
  const redisUrl = values['redis-url']
  const { username, password } = redisUrl ? new URL(redisUrl) : { username: '', password: '' }
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
  warnings.push(...additions(found))
  const doubtful = doubtfulStatuses(values['not-executed'] ?? [])
  if (doubtful.length > 0 && values.jobs?.includes('update-engine')) {
    const label = given('not-executed')?.label
    warnings.push(
      `${label}: a proxy also answers ${doubtful.join(', ')} where the engine has the call and works on it; update-engine is then executed twice`,
    )
  }
  const caFile = given('api-ca-file')
  if (caFile && values['api-scheme'] === 'http') {
    warnings.push(`${caFile.label}: has no effect, the engine is called by http`)
  }
  const redisCaFile = given('redis-ca-file')
  if (redisCaFile && redisUrl?.startsWith('redis:')) {
    warnings.push(`${redisCaFile.label}: has no effect, the URL of Redis is no rediss://`)
  }
  const timezone = given('timezone')
  if (timezone && chosen(timezone) && !JOBS.some(job => followsCron(job, found))) {
    warnings.push(`${timezone.label}: has no effect, no job has a cron pattern`)
  }
  warnings.push(...longLead(values, found))
  for (const job of JOBS.filter(job => values.jobs?.includes(job) === false)) {
    for (const name of Object.values(TIMES[job])) {
      const label = given(name)?.label
      if (label) warnings.push(`${label}: has no effect, ${job} is not among the jobs`)
    }
  }
  return warnings
}

/** What came to a value on its way, is taken as it stands, and makes a password another one. */
function additions(found: ReadonlyMap<SettingName, Given>): string[] {
  return [...found]
    .filter(([, given]) => chosen(given))
    .flatMap(([name, given]) => {
      const { label, source, text: value } = given
      const quoted = /^(environment|file) /.test(source) && /^(['"]).*\1$/.test(value)
      const added = quoted ? ['the quotation marks around it are'] : []
      if (VERBATIM.has(name)) {
        if (value !== value.trim()) added.push('the white space around it is')
        if (UNSEEN.test(value.trim())) added.push('a character that cannot be seen is')
      }
      return added.map(what => `${label}: ${what} part of the value`)
    })
}

/** Settings that are taken with all that stands there. */
const VERBATIM: ReadonlySet<SettingName> = new Set(
  SETTINGS.filter(({ kind }) => kind === text || kind === secret).map(({ name }) => name),
)
/** Spaces that are none on a keyboard, and what has no width at all. */
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

/** Somebody has set it: nobody has to hear of what a default does not do. */
function chosen({ level }: Given): boolean {
  return level < DEFAULT_LEVEL
}

/** A lead counts up to half of the way from one slot to the next only. */
function longLead(values: Partial<Values>, found: ReadonlyMap<SettingName, Given>): string[] {
  const lead = found.get('lead')
  const { jobs = [], lead: wanted } = values
  if (!lead || !chosen(lead) || !wanted) return []
  return (jobs ?? []).flatMap(job => {
    const names = ['interval', 'timezone', TIMES[job].interval, TIMES[job].cron] as const
    // What is wrong is given, and has no value.
    if (names.some(name => found.has(name) && !values[name])) return []
    const most = Math.floor(spacing(gridOf(job, values as Values, found)) / 2)
    if (wanted <= most) return []
    return [
      `${lead.label}: ${job} is called too often for so long a lead: ${formatDuration(most)} is used`,
    ]
  })
}
