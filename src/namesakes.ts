import type { Presence } from './presence.ts'
import { clock } from './terminal.ts'

/**
 * Processes of one part that bear one name and were alive at the same time, name by name. One that
 * was restarted under its name was not: what it was before has not been heard of since.
 */
export function namesakes<One extends Presence>(processes: readonly One[]): One[][] {
  const byName = new Map<string, One[]>()
  for (const one of processes) {
    const key = `${one.part}:${one.name}`
    byName.set(key, [...(byName.get(key) ?? []), one])
  }
  return [...byName.values()].flatMap(all => {
    const sorted = all.sort((a, b) => began(a) - began(b))
    const together = sorted.filter((one, index) => {
      const before = sorted.slice(0, index).some(({ seen }) => seen > began(one))
      return before || sorted.slice(index + 1).some(other => one.seen > began(other))
    })
    return together.length > 1 ? [together] : []
  })
}

/** Each by its name; those that share one by what tells them apart. */
export function named<One extends Presence>(processes: readonly One[]): One[] {
  const twins = new Set<One>(namesakes(processes).flat())
  return processes.map(one => (twins.has(one) ? { ...one, name: one.id ?? one.name } : one))
}

/** What is to be said of processes with one name. */
export function sameNames([first, ...others]: readonly Presence[]): string {
  if (first === undefined) return ''
  const all = [first, ...others]
  const each = all.map(({ id, name, since }) => `${id ?? name} since ${clock(since)}`).join(', ')
  return `${all.length} ${first.part}s are named ${first.name} (${each}): give each a --worker-name of its own, or none`
}

/** By Redis's clock, as signs of life are. */
function began({ since, clock = 0 }: Presence): number {
  return since - clock
}
