import { COMMAND_OPTIONS, GENERAL_OPTIONS, settingOptions } from './command-options.ts'
import type { Option } from './option-kinds.ts'
import { alike, letters } from './suggestion.ts'

/**
 * npm's own: where it finds the package, how much it says, and that npx asks nothing, which npx says of
 * itself. A trigger that lost its --yes makes no call.
 */
const NPMS: ReadonlySet<string> = new Set(['prefix', 'loglevel', 'yes'])
/** What people set for node-gyp, which has a setting of the same name. */
const ELSEWHERE: Readonly<Record<string, RegExp>> = { jobs: /^(?:\d+|max)$/ }

const OURS: Readonly<Record<string, Option>> = Object.assign(
  { 'env-file': { type: 'string' } },
  ...Object.values(COMMAND_OPTIONS),
  settingOptions(),
  GENERAL_OPTIONS,
)

const SHORT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(OURS).flatMap(([name, { alias }]) => (alias === undefined ? [] : [[alias, name]])),
)

/**
 * The mistake of typing options of ours to npm: `npm start --dry-run` runs us without a word of it,
 * and calls would be made. npm passes what it was given on as `npm_config_…`, in the environment
 * alone, and nothing of what its own files say.
 */
export function swallowed(env: Readonly<Record<string, string | undefined>>): string[] {
  if (!env.npm_config_user_agent?.startsWith('npm/')) return []
  const taken = Object.entries(env).flatMap(([variable, value = '']) => {
    const typed = /^npm_config_(.+)$/.exec(variable)?.[1]?.replaceAll('_', '-')
    if (typed === undefined || NPMS.has(typed) || ELSEWHERE[typed]?.test(value)) return []
    const name = SHORT[typed] ?? (Object.hasOwn(OURS, typed) ? typed : mistyped(typed))
    return name === null ? [] : [{ typed, again: again(name, value) }]
  })
  if (taken.length === 0) return []
  const names = taken.map(({ typed }) => `--${typed}`).join(', ')
  const all = taken.map(({ again }) => again).join(' ')
  return [`npm took ${names} for itself; type ${line(env)} ${all}`]
}

/** What stands before our options where npm is to leave them alone. */
function line(env: Readonly<Record<string, string | undefined>>): string {
  if (env.npm_command === 'exec') return 'npx hft-scheduler <command>'
  return env.npm_command === 'start' ? 'npm start --' : `npm run ${env.npm_lifecycle_event} --`
}

/** The option as it should have been typed; a value may be a secret, and npm has lost most of them. */
function again(name: string, value: string): string {
  if (name === 'env-file') return '--settings <file>'
  if (OURS[name]?.type !== 'boolean') return `--${name} <value>`
  if (value === 'true') return `--${name}`
  return value === '' ? `--no-${name}` : `--${name}=${value}`
}

/** Of ours with a letter or two wrong. What npm knows itself is not as near, and others are short. */
function mistyped(typed: string): string | null {
  if (letters(typed).length < 6) return null
  return alike(typed, Object.keys(OURS))[0] ?? null
}
