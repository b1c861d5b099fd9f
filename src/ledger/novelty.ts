import type { Run } from './run.ts'

interface Known {
  /** Up to here everything has been dealt with. */
  closed: number
  /** Was there before; nobody asked to see it. */
  old: Set<string>
  shown: Set<string>
}

/**
 * Tells what is new to someone who hears of runs as they are recorded and also reads them, so that
 * each is shown once. What it remembers is dropped as the books' watermark moves on.
 */
export class Novelty {
  readonly #known = new Map<string, Known>()
  readonly #begin: number

  /** Of a schedule that appears later, nothing counts as new that was closed before `begin`. */
  constructor(begin: number) {
    this.#begin = begin
  }

  /** How far the books of a schedule have been dealt with, epoch ms. */
  watermark(schedule: string): number {
    return this.#of(schedule).closed
  }

  /** What stands already when all begins. */
  before(schedule: string, closed: number, runs: readonly Run[]): void {
    this.#known.set(schedule, { closed, old: new Set(runs.map(keyOf)), shown: new Set() })
  }

  /** `run` is shown, wherever it came from. */
  shown(run: Run): void {
    this.#of(run.schedule).shown.add(keyOf(run))
  }

  /** May `run`, of which we just heard, be shown? If so, it counts as shown. */
  heard(run: Run): boolean {
    const { closed, shown } = this.#of(run.schedule)
    const key = keyOf(run)
    if ((run.slot !== null && run.slot <= closed) || shown.has(key)) return false
    shown.add(key)
    return true
  }

  /** May `run`, which we found by reading, be shown? If so, it counts as shown. */
  found(run: Run): boolean {
    const { old, shown } = this.#of(run.schedule)
    const key = keyOf(run)
    if (old.has(key) || shown.has(key)) return false
    shown.add(key)
    return true
  }

  /** Everything of the schedule up to `closed` has been read. */
  passed(schedule: string, closed: number): void {
    const known = this.#of(schedule)
    known.closed = Math.max(known.closed, closed)
    for (const keys of [known.old, known.shown]) {
      for (const key of keys) if (Number(key) <= known.closed) keys.delete(key)
    }
  }

  /** The books were taken back to `closed`, since the clock was set back. */
  setBack(schedule: string, closed: number): void {
    this.#of(schedule).closed = closed
  }

  #of(schedule: string): Known {
    const known = this.#known.get(schedule) ?? {
      closed: this.#begin,
      old: new Set(),
      shown: new Set(),
    }
    this.#known.set(schedule, known)
    return known
  }
}

/** One verdict per slot, so the slot names it; a call by hand is named by its request. */
function keyOf({ slot, request, at }: Run): string {
  return slot === null ? `by hand ${request ?? at}` : String(slot)
}
