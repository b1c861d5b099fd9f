import type { Context } from 'hono'
import { printable } from '../terminal.ts'

/** Entries of one answer, at most and unless it is said. */
const MOST = 500
const USUAL = 50
/** Characters of a wrong value that are said again. */
const SHOWN = 100

/** The parameters of a request; what is wrong with them gathers in `mistakes`. */
export function asked(c: Context) {
  const mistakes: string[] = []

  /** Null where it is not given, or is not what `parse` (null for that) expects. */
  function read<T>(name: string, expected: string, parse: (text: string) => T | null): T | null {
    const text = c.req.query(name)
    if (text === undefined || text === '') return null
    const value = parse(text)
    if (value !== null) return value
    const got = printable(JSON.stringify(text.slice(0, SHOWN)))
    mistakes.push(`${name}: expected ${expected}, got ${got}`)
    return null
  }

  /** How many are wanted. */
  function limit(): number {
    const found = read('limit', `a whole number from 1 to ${MOST}`, text => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
      return value >= 1 && value <= MOST ? value : null
    })
    return found ?? USUAL
  }

  return { read, limit, mistakes }
}
