import { isPublic } from './public-credentials.ts'
import { MASK } from './setting-kinds.ts'
import { SETTINGS, type Setting, type SettingName } from './settings.ts'
import { readText, UnfitFile } from './text-file.ts'

/** Where settings come from, strongest first. Nothing here is changed. */
export interface Sources {
  /** By flag name without dashes, e.g. `{ 'api-port': '5000' }`. */
  flags: Record<string, unknown>
  env: Record<string, string | undefined>
  dotenv: Record<string, string>
  /** What its file is called, if not `.env`. */
  dotenvFile?: string
  /** What is wrong with the text of `.env` itself, a line each. */
  mistakes?: readonly string[]
  /** What may not have been meant in it. */
  doubts?: readonly string[]
  /** From the caller: stronger than the table's defaults only. Texts as a reader would write them. */
  defaults?: Partial<Record<SettingName, unknown>>
  /** What to call the source of such a default, e.g. `up in this folder`. */
  origins?: Partial<Record<SettingName, string>>
}

/** A setting's text with where it came from. */
export interface Given {
  readonly text: string
  /** The setting as the reader wrote it, for messages: `--api-port`, `SCHEDULER_TIMEOUT (.env)`. */
  readonly label: string
  /** e.g. `flag --api-port`, `environment REDIS_URL`, `.env REDIS_URL`, `file /run/secrets/x`. */
  readonly source: string
  /** 0 is a flag, 1 the environment, 2 `.env`, 3 a default: the lower wins. */
  readonly level: number
}

interface Level {
  readonly label: (setting: Setting) => string
  readonly source: (setting: Setting) => string
  readonly read: (setting: Setting) => unknown
}

export const DEFAULT_LEVEL = 3

/** Of a file that holds one value, and of certificates, bytes. */
const LONGEST_LINE = 65_536
const LARGEST = 10_485_760

/**
 * The strongest text given for `setting`, its `x-file` twin read; undefined where there is none.
 * Mistakes go to `problems`. An empty variable counts as not set, an empty flag is a mistake.
 */
export function given(setting: Setting, sources: Sources, problems: string[]): Given | undefined {
  const twin: Setting | undefined = SETTINGS.find(({ name }) => name === `${setting.name}-file`)
  for (const [level, { label, source, read }] of levels(sources).entries()) {
    const text = string(read(setting))
    const path = twin && string(read(twin))
    if (text !== undefined && twin && path !== undefined && !holdsPublic(setting.name, path)) {
      problems.push(`${label(setting)} and ${label(twin)}: expected only one of the two`)
    }
    if (text !== undefined) {
      if (text !== '') return { text, label: label(setting), source: source(setting), level }
      problems.push(`${label(setting)}: expected ${setting.kind.expected}, got nothing`)
      return undefined
    }
    if (twin && path !== undefined) {
      const content = lineOf(label(twin), path, problems)
      if (content === undefined) return undefined
      return { text: content, label: label(twin), source: `file ${path} (${source(twin)})`, level }
    }
  }
  const { name } = setting
  const own = string(sources.defaults?.[name])
  const text = own ?? setting.fallback
  if (text === null) return undefined
  const source = (own !== undefined && sources.origins?.[name]) || 'default'
  return { text, label: `--${name} (${source})`, source, level: DEFAULT_LEVEL }
}

/** Compose mounts the public credentials where no file is named: then the others count. */
function holdsPublic(name: SettingName, path: string): boolean {
  return isPublic(name, (fileText('', path, [], LONGEST_LINE) ?? '').trimEnd())
}

/** The one line of a file, its end left out; undefined, and a line in `problems`, where it is none. */
function lineOf(label: string, path: string, problems: string[]): string | undefined {
  const content = fileText(label, path, problems, LONGEST_LINE)?.replace(/\r?\n$/, '')
  if (content === undefined) return undefined
  const lines = content.split(/\r\n?|\n/).length
  if (content === '') problems.push(`${label}: the file ${shown(path)} is empty`)
  else if (lines > 1) {
    problems.push(`${label}: the file ${shown(path)} holds ${lines} lines, expected one`)
  } else return content
  return undefined
}

/** The content of a file; undefined, and a line in `problems`, where it cannot be read as a text. */
export function fileText(
  label: string,
  path: string,
  problems: string[],
  most = LARGEST,
): string | undefined {
  try {
    return readText(path, most)
  } catch (error) {
    if (error instanceof UnfitFile) {
      problems.push(`${label}: the file ${shown(path)} ${error.message}`)
      return undefined
    }
    const { code } = error as NodeJS.ErrnoException
    problems.push(`${label}: cannot read the file ${shown(path)} (${code ?? 'unknown'})`)
    return undefined
  }
}

/** `<setting>: expected …, got …`, the text of a secret hidden. */
export function problem(setting: Setting, { label, text }: Given, expected: string): string {
  const { secret, masked } = setting.kind
  return `${label}: expected ${expected}, got ${secret ? (masked?.(text) ?? MASK) : shown(text)}`
}

/** A text as a message quotes it: on one line, control characters escaped, not endless. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

/** Is this setting only another way to give one without its `-file`? */
export function isTwin(name: SettingName): boolean {
  return name.endsWith('-file') && SETTINGS.some(setting => `${setting.name}-file` === name)
}

function levels({ flags, env, dotenv, dotenvFile = '.env' }: Sources): Level[] {
  return [
    {
      label: ({ name }) => `--${name}`,
      source: ({ name }) => `flag --${name}`,
      read: ({ name }) => flags[name],
    },
    {
      label: setting => setting.env,
      source: setting => `environment ${setting.env}`,
      read: setting => env[setting.env] || undefined,
    },
    {
      label: setting => `${setting.env} (${dotenvFile})`,
      source: setting => `${dotenvFile} ${setting.env}`,
      read: setting => dotenv[setting.env] || undefined,
    },
  ]
}

function string(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}
