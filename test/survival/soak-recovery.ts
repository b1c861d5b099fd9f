import { KINDS, type Kind } from './soak-plan.ts'
import type { Violations } from './soak-violations.ts'

/** Ticks are back within this, ms; generous, as the machine may be busy with something else. */
const LIMIT = 15_000

/**
 * How long it takes until an update succeeds again: from the begin of a fault that ticks should
 * survive, from the end of one that stops everything. Only undisturbed: nothing else may stop ticks
 * meanwhile.
 */
export class Recovery {
  readonly #violations: Violations
  readonly #samples = new Map<Kind, number[]>()
  readonly #counts = new Map<Kind, number>()
  readonly #blocking = new Set<object>()
  #waiting: { kind: Kind; since: number } | null = null

  constructor(violations: Violations) {
    this.#violations = violations
  }

  get faults(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /** A fault begins; call what comes back when it ends. */
  begin(kind: Kind): () => void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
    const blocks = 'blocks' in KINDS[kind]
    const fault = {}
    if (blocks) {
      this.#waiting = null
      this.#blocking.add(fault)
    } else this.#await(kind)
    return () => {
      this.#blocking.delete(fault)
      if (blocks) this.#await(kind)
    }
  }

  /** An update for `slot` has succeeded. */
  succeeded(slot: number): void {
    if (this.#waiting === null || slot <= this.#waiting.since) return
    const { kind, since } = this.#waiting
    this.#waiting = null
    const took = Date.now() - since
    this.#samples.set(kind, [...(this.#samples.get(kind) ?? []), took])
    if (took > LIMIT) this.#violations.add('I4', `${kind}: ticks were back after ${took} ms`, slot)
  }

  /** By kind: how often, how often its recovery could be measured, median and longest in ms. */
  rows(): [kind: Kind, count: number, measured: number, median: number, longest: number][] {
    return [...this.#counts].sort().map(([kind, count]) => {
      const samples = (this.#samples.get(kind) ?? []).sort((a, b) => a - b)
      const median = samples[Math.floor(samples.length / 2)] ?? Number.NaN
      return [kind, count, samples.length, median, samples.at(-1) ?? Number.NaN]
    })
  }

  #await(kind: Kind): void {
    if (this.#blocking.size > 0 || this.#waiting !== null) return
    this.#waiting = { kind, since: Date.now() }
  }
}
