import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from './command.ts'
import { backslashes, misread, passedOver } from './env-file-text.ts'
import { SETTINGS } from './settings.ts'
import { readText, UnfitFile } from './text-file.ts'

/** Of such a file, bytes. */
const MOST = 65_536

const KNOWN: readonly string[] = SETTINGS.map(setting => setting.env)

/**
 * The text of the file that `--settings` names, or of `.env` in the current folder, or else of `.env`
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

/** What is wrong with the text of `file`, a line each. */
export function mistakesIn(text: string, file = '.env'): string[] {
  return [...misread(text, file), ...passedOver(text, file)]
}

/** What is doubtful in it: a line each. */
export function doubtsIn(text: string, file = '.env'): string[] {
  return [...cutShort(text, file), ...backslashes(text, file)]
}

/** Warns of values that a `#` cuts short, which is how a password silently becomes another. */
function cutShort(text: string, file: string): string[] {
  return text.split(/\r?\n/).flatMap(line => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=(?:\s*(?!['"`\s])[^#]*[^#\s]#|#\S)/.exec(line)?.[1]
    if (name === undefined || !KNOWN.includes(name)) return []
    return [`${name} (${file}): the value ends before the #; put it in single quotes to keep it`]
  })
}
