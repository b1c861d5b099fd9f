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
  const known = SETTINGS.map(setting => setting.env)
  return names
    .filter(name => !known.some(env => env === name))
    .filter(name => name.startsWith('SCHEDULER_') || known.some(env => distance(name, env, 2) <= 2))
    .map(name => {
      const tail = /^SCHEDULER(_.*)$/.exec(name)?.[1]
      const meant = known.find(env => tail && env.endsWith(tail)) ?? nearest(name, known)
      return `${name}${where}: no such setting${meant ? `; did you mean ${meant}?` : ''}`
    })
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
