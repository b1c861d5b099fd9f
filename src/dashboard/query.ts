import type { Context } from 'hono'
import { printable } from '../terminal.ts'
import { nearest } from '../unknown-variables.ts'

/** Entries of one answer, at most and unless it is said. */
const MOST = 500
const USUAL = 50
/** Characters of a wrong value that are said again. */
const SHOWN = 100

/** The parameters of a request; what is wrong with them gathers in `mistakes`. */
export function asked(c: Context) {
  const mistakes: string[] = []
  const known: string[] = []

  /** Null where it is not given, or is not what `parse` (null for that) expects. */
  function read<T>(name: string, expected: string, parse: (text: string) => T | null): T | null {
    known.push(name)
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

  /** Everything that is wrong, with the parameters that were not read before. */
  function wrong(): string[] {
    return [...mistakes, ...unknownParameters(Object.keys(c.req.query()), known)]
  }

  return { read, limit, mistakes, wrong }
}

/** One mistake for each name that is none of `known`: an answer to less than was asked misleads. */
export function unknownParameters(names: readonly string[], known: readonly string[]): string[] {
  return names
    .filter(name => !known.includes(name))
    .map(name => {
      const meant = nearest(name, known)
      const shown = printable(JSON.stringify(name.slice(0, SHOWN)))
      return `no such parameter: ${shown}${meant ? `, did you mean ${meant}?` : ''}`
    })
}
