import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from './command.ts'
import { SETTINGS } from './settings.ts'

const KNOWN: readonly string[] = SETTINGS.map(setting => setting.env)

/**
 * The text of the file that `--settings` names, or of `.env` in the current folder, or else of `.env`
 * in the folder of the deployment; empty where there is none. Throws UserError where a file that was
 * named cannot be read.
 */
export function envFileText(named: string | undefined, deployment?: string): string {
  try {
    return readFileSync(named ?? '.env', 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A folder of that name is a Python environment, nothing of ours.
    if (named === undefined && (code === 'ENOENT' || code === 'EISDIR')) {
      if (deployment === undefined) return ''
      const above = join(deployment, '.env')
      return existsSync(above) ? envFileText(above) : ''
    }
    throw new UserError(`cannot read the file ${named ?? '.env'} (${code ?? 'unknown'})`, {
      exitCode: 2,
    })
  }
}

/**
 * One mistake for each line that begins with a setting's name and gives it no value, as
 * `SCHEDULER_INTERVAL 60` does: what reads the file passes over it. `read` is what it made of the file.
 */
export function withoutValue(text: string, read: Record<string, string>, file = '.env'): string[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const name = /^\s*(?:export\s+)?(\w+)(?!\w|\s*=|:\s)/.exec(line)?.[1]
    if (name === undefined || !KNOWN.includes(name) || name in read) return []
    return [`${name} (${file}, line ${index + 1}): expected ${name}=<value>`]
  })
}

/** Warns of values that a `#` cuts short, which is how a password silently becomes another. */
export function cutShort(text: string, file = '.env'): string[] {
  return text.split(/\r?\n/).flatMap(line => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=\s*(?!['"`\s])[^#]*[^#\s]#/.exec(line)?.[1]
    if (name === undefined || !KNOWN.includes(name)) return []
    return [`${name} (${file}): the value ends before the #; put it in single quotes to keep it`]
  })
}
