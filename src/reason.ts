import { UserError } from './command.ts'
import { Unfit } from './setting-kinds.ts'
import { printable } from './terminal.ts'

/** Characters of a reason. */
const LONGEST = 200

/** Why somebody acts, for everybody to see; empty where none is given and none required. Throws Unfit. */
export function reasonOf(given: unknown, required: boolean): string {
  const reason = String(given ?? '').trim()
  if (required && reason === '') throw new Unfit('expected why, for everybody to see')
  const length = [...reason].length
  if (length > LONGEST) throw new Unfit(`expected at most ${LONGEST} characters, got ${length}`)
  if (printable(reason) !== reason) throw new Unfit('expected no control characters')
  return reason
}

/** The same of a command's `--reason`. Throws UserError. */
export function reasonTyped(given: unknown, required: boolean): string {
  try {
    return reasonOf(given, required)
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    throw new UserError(`--reason: ${error.message}`, { exitCode: 2 })
  }
}
