import { DEFAULT_LEVEL, type Given } from './given.ts'
import type { JobName } from './jobs.ts'
import type { SettingName, Values } from './settings.ts'
import type { Grid } from './slots.ts'

type Found = ReadonlyMap<SettingName, Given>

/** The two settings that can give a job its own times. */
export const TIMES = {
  'update-engine': { interval: 'update-interval', cron: 'update-cron' },
  'get-stats': { interval: 'stats-interval', cron: 'stats-cron' },
} as const satisfies Record<JobName, { interval: SettingName; cron: SettingName }>

/** Does the job's cron pattern count, and not its interval? The one from the stronger source does. */
export function followsCron(job: JobName, found: Found): boolean {
  return level(found, TIMES[job].cron) < level(found, TIMES[job].interval)
}

/** One mistake for each job that has an interval and a cron pattern from equally strong sources. */
export function clashes(found: Found): string[] {
  return Object.values(TIMES).flatMap(({ interval, cron }) => {
    const [one, other] = [found.get(interval), found.get(cron)]
    if (!one || !other || one.level !== other.level) return []
    return [`${one.label} and ${other.label}: expected only one of the two`]
  })
}

/**
 * `get-stats` comes half its interval after the multiple of it: it then reads what `update-engine`
 * has just done, and the two do not compete.
 */
export function gridOf(job: JobName, values: Values, found: Found): Grid {
  const cron = values[TIMES[job].cron]
  if (cron !== null && followsCron(job, found)) return { cron, timezone: values.timezone }
  const interval = values[TIMES[job].interval] ?? values.interval
  return { interval, phase: job === 'get-stats' ? Math.floor(interval / 2) : 0 }
}

function level(found: Found, name: SettingName): number {
  return found.get(name)?.level ?? DEFAULT_LEVEL + 1
}
