import { randomInt } from 'node:crypto'
import { hostname } from 'node:os'

const DIGITS = 4
/** Of this start: host, process id and a name that was set can all come twice, this does not. */
const START = randomInt(36 ** DIGITS)
  .toString(36)
  .padStart(DIGITS, '0')

/** The name of a process that was given none. */
export function defaultName(): string {
  return `${hostname()}:${process.pid}:${START}`
}

/**
 * What tells a process from every other one, also from one that bears the same name, or bore it
 * before a restart: it stands in Redis wherever it matters which of them is meant.
 */
export function idOf(name: string): string {
  return `${name}#${START}`
}

/** The name in such an id, as people gave it. */
export function nameOf(id: string): string {
  return id.replace(/#[0-9a-z]{4}$/, '')
}
