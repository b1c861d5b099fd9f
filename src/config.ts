import { X509Certificate } from 'node:crypto'
import { assemble } from './configured.ts'
import { engineInContainer, inContainer } from './container.ts'
import { ambiguous, type Dashboard, exposed } from './dashboard-settings.ts'
import { doubts } from './doubts.ts'
import { type EffectiveSetting, effectiveSettings } from './effective-settings.ts'
import { fileText, type Given, given, isTwin, problem, type Sources, shown } from './given.ts'
import type { JobName } from './jobs.ts'
import { publicCredentials, publicDashboard } from './public-credentials.ts'
import type { RedisTarget } from './redis.ts'
import { clashes, TIMES } from './schedule-settings.ts'
import { lackingHalf } from './sentinel-settings.ts'
import { Unfit } from './setting-kinds.ts'
import { SETTINGS, type Setting, type SettingName, type Values } from './settings.ts'
import type { Grid } from './slots.ts'
import { isMisspelled, lostDryRuns, unknownVariables } from './unknown-variables.ts'

export type { EffectiveSetting } from './effective-settings.ts'
export type { Sources } from './given.ts'

export interface EngineSchedule {
  readonly job: JobName
  readonly grid: Grid
}

export interface Engine {
  readonly id: string
  /** `scheme://host:port`, IPv6 in brackets, no trailing slash. */
  readonly url: string
  readonly username: string
  readonly password: string
  /** PEM text; null for the system's CAs. */
  readonly ca: string | null
  readonly schedules: readonly EngineSchedule[]
}

/** The whole configuration, frozen. Durations in ms. It holds secrets: never print it. */
export interface Config {
  readonly engines: readonly Engine[]
  readonly redis: RedisTarget & { readonly prefix: string }
  readonly timing: {
    readonly lead: number
    readonly maxLateness: number
    readonly timeout: number
    readonly settle: number
    readonly shutdownTimeout: number
  }
  readonly retry: {
    readonly attempts: number
    readonly backoff: number
    /** Statuses by which a proxy refuses a call before the engine has it. */
    readonly notExecuted: readonly number[]
  }
  readonly concurrency: number
  /** Make no calls; everything else is as it would be. */
  readonly dryRun: boolean
  /** Runs per schedule, stats per engine; the ages in ms. */
  readonly retention: {
    readonly runs: number
    readonly runsAge: number
    readonly stats: number
    readonly statsAge: number
  }
  readonly dashboard: Dashboard
  /** Of the health checks; no port, no checks. */
  readonly health: { readonly host: string; readonly port: number | null }
  readonly log: { readonly level: string; readonly format: 'auto' | 'text' | 'json' }
  /** Of this process; `id` tells it from others of the same name. */
  readonly worker: { readonly name: string; readonly id: string }
}

export interface Resolved {
  readonly config: Config
  readonly settings: readonly EffectiveSetting[]
  readonly warnings: readonly string[]
}

/** What can be said of a configuration that has mistakes. */
interface Picture extends Pick<Resolved, 'settings' | 'warnings'> {
  /** Null where the mistakes leave open what is called, and when. */
  readonly engines: readonly Engine[] | null
}

/** The configuration has mistakes: all of them, each one line that names its setting. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly problems: readonly string[]
  readonly picture: Picture

  constructor(problems: readonly string[], picture: Picture) {
    super(`The configuration has mistakes:\n${problems.map(line => `  ${line}`).join('\n')}`)
    this.problems = problems
    this.picture = picture
  }
}

/**
 * Flags, environment, `.env` and defaults → one configuration. `needs.credentials`: whether the
 * caller logs in to engines; without, they may be missing (and are then empty). Reads the files that
 * settings point to. Throws ConfigError with every mistake.
 */
export function resolveConfig(outside: Sources, needs: { credentials: boolean }): Resolved {
  const { env, warnings: replaced } = inContainer(outside.env)
  const sources = { ...outside, env }
  const dotenv = ` (${sources.dotenvFile ?? '.env'})`
  // A setting that is only spelled otherwise is among the mistakes of the file.
  const strange = Object.keys(sources.dotenv).filter(name => !isMisspelled(name))
  const problems = [...(sources.mistakes ?? [])]
  const found = new Map<SettingName, Given>()
  const wrong = new Set<SettingName>()
  const read: Partial<Record<SettingName, unknown>> = {}
  const table: readonly Setting[] = SETTINGS
  for (const setting of table) {
    const { name } = setting
    const before = problems.length
    const it = isTwin(name) ? undefined : given(setting, sources, problems)
    read[name] = it ? parsed(setting, it, problems) : null
    if (it) found.set(name, it)
    else if (needs.credentials && before === problems.length && CREDENTIALS.includes(name)) {
      problems.push(missing(setting))
    }
    if (problems.length > before) wrong.add(name)
  }
  problems.push(
    ...clashes(found),
    ...lackingHalf(found),
    ...exposed(read as Partial<Values>, found),
    ...ambiguous(read as Partial<Values>, found),
    ...publicDashboard(read['dashboard-write'] === true, found),
    ...engineInContainer(env, found.get('api-host')),
    ...lostDryRuns(Object.keys(sources.env), ''),
    ...lostDryRuns(strange, dotenv),
  )
  // Who logs in nowhere, as the simulated engine itself, may have them.
  const known = publicCredentials(String(read['api-host']), found)
  if (needs.credentials) problems.push(...known)
  const engineCa = certificate(found.get('api-ca-file'), problems)
  const redisCa = certificate(found.get('redis-ca-file'), problems)
  const values = read as Values
  const settings = freeze(effectiveSettings(values, found, wrong))
  const warnings = freeze([
    ...(sources.doubts ?? []),
    ...unknownVariables(Object.keys(sources.env), ''),
    ...unknownVariables(strange, dotenv),
    ...replaced,
    ...(needs.credentials ? [] : known),
    ...doubts(values, found),
  ])
  const certain = !TELLING.some(name => wrong.has(name))
  const config = certain ? assemble(values, found, { engine: engineCa, redis: redisCa }) : null
  if (problems.length > 0 || config === null) {
    throw new ConfigError(problems, { settings, warnings, engines: config?.engines ?? null })
  }
  return Object.freeze({ config: freeze(config), settings, warnings })
}

/** With these, one knows what is called, and when. */
const TELLING: readonly SettingName[] = [
  ...(['jobs', 'interval', 'timezone', 'api-scheme', 'api-host', 'api-port'] as const),
  ...Object.values(TIMES).flatMap(({ interval, cron }) => [interval, cron]),
]

const CREDENTIALS: readonly SettingName[] = ['username', 'password']

function missing({ name, env, about }: Setting): string {
  return `${env}: expected the ${about}, got nothing (also: --${name}, ${env}_FILE)`
}

function parsed(setting: Setting, it: Given, problems: string[]): unknown {
  try {
    return setting.kind.parse(it.text)
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    problems.push(problem(setting, it, error.message))
    return null
  }
}

/** The PEM text of a setting that names a file with certificates. */
function certificate(it: Given | undefined, problems: string[]): string | null {
  if (!it) return null
  const pem = fileText(it.label, it.text, problems)
  if (pem === undefined) return null
  try {
    new X509Certificate(pem)
  } catch {
    problems.push(`${it.label}: expected a file with PEM certificates, got ${shown(it.text)}`)
  }
  return pem
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) freeze(part)
    Object.freeze(value)
  }
  return value
}
