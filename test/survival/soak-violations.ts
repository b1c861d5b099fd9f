import { clock, paint } from '../../src/terminal.ts'

/** I1–I5 as the issue of this suite has them, and a call before its slot. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'early'

interface Line {
  at: number
  text: string
}

/** Violations shown with all that is known around them; of the rest only a line each. */
const DETAILED = 12
/** How much of what was done to the deployment is shown with a violation, ms. */
const LOOK_BACK = 60_000

/** What was done to the deployment, and what it did wrong. */
export class Violations {
  readonly #seed: number
  readonly #write: (text: string) => void
  readonly #history: Line[] = []
  readonly #counts = new Map<Invariant, number>()
  /** Shows what is known around a slot. */
  look: (slot: number) => string[] = () => []
  /** Called once a violation is written. */
  onWritten: () => void = () => {}

  constructor(seed: number, write: (text: string) => void) {
    this.#seed = seed
    this.#write = write
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  of(invariant: Invariant): number {
    return this.#counts.get(invariant) ?? 0
  }

  /** Something was done to the deployment. */
  note(text: string): void {
    this.#history.push({ at: Date.now(), text })
  }

  add(invariant: Invariant, text: string, slot?: number): void {
    const now = Date.now()
    this.#counts.set(invariant, this.of(invariant) + 1)
    const where = slot === undefined ? '' : ` (slot ${slot}, ${clock(slot)})`
    this.#write(
      paint.red(`${clock(now)} ${invariant} violated: ${text}${where}; seed ${this.#seed}\n`),
    )
    if (this.total > DETAILED) return
    // A late discovery: what was done around the slot matters, and not what was done last.
    const from = (slot ?? now) - LOOK_BACK
    const done = this.#history.filter(({ at }) => at > from && at < (slot ?? now) + LOOK_BACK / 2)
    for (const line of done) this.#write(`    ${clock(line.at)} ${line.text}\n`)
    if (slot === undefined) {
      this.onWritten()
      return
    }
    // What follows the slot belongs to the picture.
    setTimeout(() => {
      this.#write(`  around slot ${slot}:\n`)
      for (const line of this.look(slot)) this.#write(`    ${line}\n`)
      this.onWritten()
    }, 2000)
  }
}
