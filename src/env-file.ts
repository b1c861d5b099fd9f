import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from './command.ts'
import { backslashes, misread } from './env-file-text.ts'
import { SETTINGS } from './settings.ts'
import { readText, UnfitFile } from './text-file.ts'

/** Of such a file, bytes. */
const MOST = 1_048_576

const KNOWN: readonly string[] = SETTINGS.map(setting => setting.env)

/**
 * The text of the file that `--env-file` names, or of `.env` in the current folder, or else of `.env`
 * in the folder of the deployment; empty where there is none. Throws UserError where a file that was
 * named cannot be read.
 */
export function envFileText(named: string | undefined, deployment?: string): string {
  try {
    return readText(named ?? '.env', MOST)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const unfit = error instanceof UnfitFile ? error : null
    // A folder of that name is a Python environment, nothing of ours.
    if (named === undefined && (code === 'ENOENT' || unfit?.isFolder)) {
      if (deployment === undefined) return ''
      const above = join(deployment, '.env')
      return existsSync(above) ? envFileText(above) : ''
    }
    const file = named ?? '.env'
    const what = unfit ? `the file ${file} ${unfit.message}` : cannotRead(file, code)
    throw new UserError(what, { exitCode: 2 })
  }
}

function cannotRead(file: string, code = 'unknown'): string {
  return `cannot read the file ${file} (${code})`
}

/** What is wrong with the text of `file`, of which `read` was made: a line each. */
export function mistakesIn(text: string, read: Record<string, string>, file = '.env'): string[] {
  return [...misread(text, file), ...withoutValue(text, read, file)]
}

/** What is doubtful in it: a line each. */
export function doubtsIn(text: string, file = '.env'): string[] {
  return [...cutShort(text, file), ...backslashes(text, file)]
}

/**
 * One mistake for each line that begins with a setting's name and gives it no value, as
 * `SCHEDULER_INTERVAL 60` does: what reads the file passes over it. `read` is what it made of the file.
 */
function withoutValue(text: string, read: Record<string, string>, file: string): string[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const name = /^\s*(?:export\s+)?(\w+)(?!\w|\s*=|:\s)/.exec(line)?.[1]
    if (name === undefined || !KNOWN.includes(name) || name in read) return []
    return [`${name} (${file}, line ${index + 1}): expected ${name}=<value>`]
  })
}

/** Warns of values that a `#` cuts short, which is how a password silently becomes another. */
function cutShort(text: string, file: string): string[] {
  return text.split(/\r?\n/).flatMap(line => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=\s*(?!['"`\s])[^#]*[^#\s]#/.exec(line)?.[1]
    if (name === undefined || !KNOWN.includes(name)) return []
    return [`${name} (${file}): the value ends before the #; put it in single quotes to keep it`]
  })
}
