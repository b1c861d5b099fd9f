import { DEFAULT_LEVEL, type Given, isTwin, shown } from './given.ts'
import { JOBS } from './jobs.ts'
import { defaultName } from './process-name.ts'
import { followsCron, TIMES } from './schedule-settings.ts'
import { MASK } from './setting-kinds.ts'
import { SETTINGS, type Setting, type SettingName, type Values } from './settings.ts'

/** A setting as it counts, for people to read. */
export interface EffectiveSetting {
  readonly name: SettingName
  /** The parsed value; for a secret the same masked text as `display`; null where there is none. */
  readonly value: unknown
  readonly display: string
  /** `flag --x`, `environment X`, `.env X`, `file …`, `default`, `as --y`, `not set`. */
  readonly source: string
  /** Somebody has set it: it is no default. */
  readonly set: boolean
  /** What was given is a mistake; the value is null, `display` what was given. */
  readonly wrong?: true
}

type Found = ReadonlyMap<SettingName, Given>

/** Every setting in the order of the table, secrets masked. */
export function effectiveSettings(
  values: Values,
  found: Found,
  wrong: ReadonlySet<SettingName>,
): EffectiveSetting[] {
  const settings: readonly Setting[] = SETTINGS
  return settings
    .filter(({ name }) => !isTwin(name))
    .map(({ name, kind }) => {
      const given = found.get(name)
      if (wrong.has(name)) return mistaken(name, given, kind)
      const value = given ? values[name] : substitute(name, values, found)
      if (value === null) return { name, value, display: '', source: 'not set', set: false }
      const display = kind.show(value)
      return {
        name,
        value: kind.secret ? display : value,
        display,
        source: given ? given.source + overruled(name, found) : (SUBSTITUTES[name] ?? 'default'),
        set: given !== undefined && given.level < DEFAULT_LEVEL,
      }
    })
}

function mistaken(
  name: SettingName,
  given: Given | undefined,
  { secret }: Setting['kind'],
): EffectiveSetting {
  const wrong = { name, value: null, wrong: true } as const
  if (given === undefined) return { ...wrong, display: '', source: 'not set', set: false }
  // A URL may hold a password, and what is wrong may be where it ends.
  const display = secret || name.endsWith('-url') ? MASK : shown(given.text)
  return { ...wrong, display, source: given.source, set: given.level < DEFAULT_LEVEL }
}

/** What counts where a setting without a default of its own is not given. */
const SUBSTITUTES: Partial<Record<SettingName, string>> = {
  'update-interval': 'as --interval',
  'stats-interval': 'as --interval',
  settle: 'as --timeout',
  'worker-name': 'host name, process id and start',
}

function substitute(name: SettingName, values: Values, found: Found): string | number | null {
  if (name === 'settle') return values.timeout
  if (name === 'worker-name') return defaultName()
  const job = JOBS.find(job => TIMES[job].interval === name)
  return job && !followsCron(job, found) ? values.interval : null
}

/** Says that the other of interval and cron pattern counts, coming from a stronger source. */
function overruled(name: SettingName, found: Found): string {
  for (const job of JOBS) {
    const { interval, cron } = TIMES[job]
    if (name === interval && followsCron(job, found)) return ` (overruled by --${cron})`
    if (name === cron && !followsCron(job, found)) return ` (overruled by --${interval})`
  }
  return ''
}
