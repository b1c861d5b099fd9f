import type { Presence } from '../../presence.ts'

/** So long a process must have been watched before its rate is told, ms. */
const LEAST = 4000
/** A rate is that of the last minute, ms. */
const WINDOW = 60_000

interface Watched {
  since: number
  /** What it said, oldest first. */
  samples: { seen: number; runs: number }[]
}

/** How many runs each process ends per minute, from what it says of itself while we watch. */
export class Rates {
  #watched = new Map<string, Watched>()

  /** What is known of processes that are not among these is forgotten. */
  take(processes: readonly Presence[]): void {
    const watched = new Map<string, Watched>()
    for (const process of processes) {
      const { since, seen, runs } = process
      if (runs === undefined) continue
      const before = this.#watched.get(keyOf(process))
      const last = before?.samples.at(-1)
      // One that was started anew counts from the beginning.
      const goesOn = before?.since === since && last !== undefined && runs >= last.runs
      const samples = goesOn ? before.samples : []
      if (!goesOn || seen > last.seen) samples.push({ seen, runs })
      while ((samples[1]?.seen ?? seen) <= seen - WINDOW) samples.shift()
      watched.set(keyOf(process), { since, samples })
    }
    this.#watched = watched
  }

  /** Null until it has been watched for a moment. */
  of(process: Presence): number | null {
    const samples = this.#watched.get(keyOf(process))?.samples ?? []
    const [first, last] = [samples[0], samples.at(-1)]
    if (first === undefined || last === undefined || last.seen - first.seen < LEAST) return null
    return ((last.runs - first.runs) * 60_000) / (last.seen - first.seen)
  }
}

function keyOf({ part, name, id = name }: Presence): string {
  return `${part}:${id}`
}
