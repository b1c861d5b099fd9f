import { audit } from '../../src/ledger/audit.ts'
import type { Run, Verdict } from '../../src/ledger/run.ts'
import { slotsBetween } from '../../src/slots.ts'
import { clock } from '../../src/terminal.ts'
import type { SeenCall, SoakEngine } from './soak-engine.ts'
import type { Violations } from './soak-violations.ts'
import { type System, UPDATE } from './system.ts'

/** The books wait for workers that may still answer: for their lease and, after an outage, for their voice, ms. */
const CLOSING = 90_000

export interface BooksOptions {
  system: System
  engine: SoakEngine
  violations: Violations
  schedule: string
  grid: { interval: number; phase: number }
}

/** What the ledger of one schedule said of every slot, compared with what the engine saw. */
export class SoakBooks {
  readonly #options: BooksOptions
  readonly #verdicts = new Map<number, Run>()
  readonly #sums = new Map<Verdict | 'lost', number>()
  /** Slots up to here were compared, epoch ms; those before we looked do not count. */
  #compared = Date.now()
  #due = 0
  #unaccounted = 0
  /** Up to here Redis lost what it knew: the truth may be unknown there, and nothing else. */
  #lost = 0
  /** When everything was flushed: what had been closed before is gone. */
  #flushed = 0

  constructor(options: BooksOptions) {
    this.#options = options
  }

  get due(): number {
    return this.#due
  }

  get unaccounted(): number {
    return this.#unaccounted
  }

  sum(verdict: Verdict | 'lost'): number {
    return this.#sums.get(verdict) ?? 0
  }

  flushed(): void {
    this.#flushed = Date.now()
  }

  /** Reads what was recorded since the last look. A verdict stands for good, unless Redis lost it. */
  async read(): Promise<void> {
    const { system, violations, schedule, grid } = this.#options
    const [since, lost] = await system.redis.hmget(system.keys.books(schedule), 'since', 'lost')
    if (this.#due === 0) this.#compared = Math.max(this.#compared, Number(since))
    this.#lost = Math.max(this.#lost, Number(lost ?? 0), this.#flushed)
    for (const run of await system.runs(schedule)) {
      const { slot, to = slot, count = 1 } = run
      if (slot === null || to === null) continue
      const slots = count === 1 ? [slot] : slotsBetween(grid, slot - 1, to, count)
      for (const each of slots) {
        const before = this.#verdicts.get(each)
        if (before && before.verdict !== run.verdict && each > this.#lost) {
          violations.add('I3', `${schedule} was ${before.verdict}, then ${run.verdict}`, each)
        }
        this.#verdicts.set(each, run)
      }
    }
  }

  /** Waits until all slots of the past are closed, then compares those that were not yet compared. */
  async compare(): Promise<void> {
    const { system, violations, schedule, grid } = this.#options
    const now = Date.now()
    await system.closedUpTo(now, schedule, CLOSING).catch(() => {
      violations.add('I3', `${schedule}: not closed after ${CLOSING} ms`, now)
    })
    const closed = Number(await system.redis.hget(system.keys.books(schedule), 'closed'))
    await this.read()
    for (const slot of slotsBetween(grid, this.#compared, closed, Number.POSITIVE_INFINITY)) {
      this.#due++
      const run = this.#verdicts.get(slot)
      const verdict = run?.verdict ?? (slot <= this.#flushed ? 'lost' : null)
      if (verdict !== null) this.#sums.set(verdict, this.sum(verdict) + 1)
      const problem = this.#problem(slot, run)
      if (problem !== null) violations.add('I3', `${schedule}: ${problem}`, slot)
    }
    this.#compared = Math.max(this.#compared, closed)
    const sums = await audit(system.redis, system.keys, schedule)
    if (sums?.unaccounted === 0) return
    violations.add('I3', `${schedule}: audit says ${JSON.stringify(sums)}`)
  }

  /** What is said and done around a slot, for people. */
  around(slot: number): string[] {
    const { engine, schedule, grid } = this.#options
    const [from, to] = [slot - 4 * grid.interval, slot + 4 * grid.interval]
    const said = [...this.#verdicts].filter(([each]) => each >= from && each <= to)
    return [
      ...said.sort(([a], [b]) => a - b).map(([each, run]) => `${clock(each)} ${written(run)}`),
      ...engine.seen(schedule, from, to).map(seen),
    ]
  }

  #problem(slot: number, run: Run | undefined): string | null {
    const { engine, schedule } = this.#options
    const calls = engine.seen(schedule, slot, slot)
    if (run === undefined) {
      if (slot <= this.#flushed) return null
      this.#unaccounted++
      return calls.length > 0 ? 'called, and without a verdict' : 'without a verdict'
    }
    const { verdict, reason } = run
    const executed = calls.some(({ outcome }) => outcome === 'ok')
    switch (verdict) {
      case 'succeeded':
        return executed ? null : 'succeeded, and no call did'
      case 'missed':
      case 'skipped':
        return calls.length === 0 ? null : `${verdict}: ${reason}, and was called`
      case 'failed': {
        const doubtful = calls.some(({ outcome }) => outcome === 'ok' || outcome === 'unsure')
        return schedule === UPDATE && doubtful
          ? `failed: ${reason}, and may have been executed`
          : null
      }
      case 'engine-stopped':
        return calls.at(-1)?.outcome === 'stopped' ? null : 'engine-stopped, and it was not'
      case 'unknown':
        // Where the truth cannot be known; that no call came of it is no contradiction.
        if (reason !== 'ledger-lost' || slot <= this.#lost) return null
        return 'ledger-lost, and nothing was'
      default:
        return verdict satisfies never
    }
  }
}

function written({ verdict, reason, worker, fence, attempts, at }: Run): string {
  const details = `by ${worker}, fence ${fence ?? '-'}, attempts ${attempts}`
  return `ledger: ${verdict} ${reason ?? ''} ${details}, at ${clock(at)}`
}

function seen({ slot, fence, mode, at, endedAt, outcome }: SeenCall): string {
  const end = endedAt === null ? 'under way' : `for ${endedAt - at} ms, ${outcome}`
  return `${clock(at)} engine: slot ${clock(slot)}, fence ${fence}, ${mode}, ${end}`
}
