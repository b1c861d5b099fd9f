import { readFileSync } from 'node:fs'
import { UserError } from './command.ts'
import { SETTINGS } from './settings.ts'

/**
 * The text of the file that `--env-file` names, or of `.env` in the current folder; empty where
 * there is no `.env`. Throws UserError where a file that was named cannot be read.
 */
export function envFileText(named: string | undefined): string {
  try {
    return readFileSync(named ?? '.env', 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A folder of that name is a Python environment, nothing of ours.
    if (named === undefined && (code === 'ENOENT' || code === 'EISDIR')) return ''
    throw new UserError(`cannot read the file ${named ?? '.env'} (${code ?? 'unknown'})`, {
      exitCode: 2,
    })
  }
}

/** Warns of values that a `#` cuts short, which is how a password silently becomes another. */
export function cutShort(text: string): string[] {
  const known: readonly string[] = SETTINGS.map(setting => setting.env)
  return text.split(/\r?\n/).flatMap(line => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=\s*(?!['"`\s])[^#]*[^#\s]#/.exec(line)?.[1]
    if (name === undefined || !known.includes(name)) return []
    return [`${name} (.env): the value ends before the #; put it in single quotes to keep it`]
  })
}
