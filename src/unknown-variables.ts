import { SETTINGS } from './settings.ts'

/** The one of `names` that is fewest typing mistakes away from `name`; null if none is near. */
export function nearest(name: string, names: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.ceil(name.length / 3)) + 1
  for (const candidate of names) {
    const mistakes = distance(name.toUpperCase(), candidate.toUpperCase(), least - 1)
    if (mistakes < least) [best, least] = [candidate, mistakes]
  }
  return best
}

/**
 * One warning for each variable that looks like a setting and is none, in the order given: by its
 * prefix, or because a letter or two make it one.
 */
export function unknownVariables(names: readonly string[], where: string): string[] {
  return names.filter(name => !meansDryRun(name) && isAlmost(name)).map(name => says(name, where))
}

/**
 * One mistake for each variable that must mean a dry run, and has none: a warning comes too late where
 * calls are made that were not to be made.
 */
export function lostDryRuns(names: readonly string[], where: string): string[] {
  return names
    .filter(meansDryRun)
    .map(name => `${name}${where}: expected ${DRY_RUN}, no such setting`)
}

/** The name as we spell it: in capitals, its words joined by `_`. */
export function spelled(name: string): string {
  return /^scheduler/i.test(name) ? name.toUpperCase().replace(/[.-]/g, '_') : name
}

/** Is it a setting that is only spelled otherwise? */
export function isMisspelled(name: string): boolean {
  return !KNOWN.some(env => env === name) && KNOWN.some(env => env === spelled(name))
}

const DRY_RUN = 'SCHEDULER_DRY_RUN'
const KNOWN = SETTINGS.map(setting => setting.env)

function meansDryRun(name: string): boolean {
  if (name === DRY_RUN) return false
  return /^SCHEDULER.*DRY/i.test(name) || distance(name.toUpperCase(), DRY_RUN, 2) <= 2
}

function isAlmost(name: string): boolean {
  const upper = name.toUpperCase()
  if (KNOWN.some(env => env === name)) return false
  return upper.startsWith('SCHEDULER_') || KNOWN.some(env => distance(name, env, 2) <= 2)
}

function says(name: string, where: string): string {
  const tail = /^SCHEDULER(_.*)$/.exec(name.toUpperCase())?.[1]
  const meant = KNOWN.find(env => tail && env.endsWith(tail)) ?? nearest(name, KNOWN)
  return `${name}${where}: no such setting${meant ? `; did you mean ${meant}?` : ''}`
}

/**
 * How many letters to take out and put in to make `b` of `a`; Infinity for more than `most`. Every
 * command compares the whole environment with all settings: what is far is given up early.
 */
export function distance(a: string, b: string, most = Infinity): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    let least = i + 1
    for (let j = 0; j < b.length; j++) {
      const swap = (row[j] as number) + (a.charCodeAt(i) === b.charCodeAt(j) ? 0 : 2)
      const cell = Math.min(swap, (row[j + 1] as number) + 1, (next[j] as number) + 1)
      next.push(cell)
      if (cell < least) least = cell
    }
    if (least > most) return Number.POSITIVE_INFINITY
    row = next
  }
  return row[b.length] as number
}
