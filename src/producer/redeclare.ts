import type { Schedule } from '../jobs.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { claim, type Outcome, type Refusal } from './claim.ts'
import { type Declaration, declare, reopen } from './declare.ts'
import type { Hearing } from './hearing.ts'
import type { Memory } from './memory.ts'

export interface Standing {
  memory: Memory
  /** What this producer's settings ask for. */
  schedules: readonly Schedule[]
  /** What became of its own declaration. */
  outcome: Outcome
  /** Since the producers that stand against it were last heard of. */
  hearing: Hearing
}

/**
 * What was declared last is declared again when it was lost, in whole or in part, or when somebody
 * restored an older declaration after such a loss. What this producer's settings ask for counts
 * unless it knows of a later declaration; if it was refused, it is declared once nobody alive stands
 * against it. Resolves to what has become of it, and as of when (epoch ms) it is declared.
 */
export async function redeclare(
  declaration: Declaration,
  { memory, schedules, outcome, hearing }: Standing,
): Promise<{ outcome: Outcome; at: number }> {
  const { at } = declaration
  const standing = await memory.standing()
  const declared = await declaredSchedules(declaration.redis, declaration.keys)
  const lost = memory.lostOf(standing, declared)
  for (const one of lost) await reopen(declaration, one)
  if (lost.length > 0) return { outcome, at }
  if (outcome.how === 'refused' && standing.at > 0) {
    // What it waits for may have been declared again by a restart: that makes it no later intent.
    const waiting = { ...declaration, at: Math.max(Date.now(), standing.at + 1) }
    const now = await wait(waiting, schedules, outcome, hearing)
    return { outcome: now, at: now.how === 'declared' ? waiting.at : at }
  }
  const ours = standing.at === at && standing.by === declaration.by
  const whole = schedules.every(({ id }) => declared.has(id))
  if (standing.at < at || (ours && !whole)) {
    return { outcome: await declare(declaration, schedules), at }
  }
  return { outcome: ours ? { how: 'declared' } : { how: 'superseded' }, at }
}

/**
 * A refused producer asks again, and declares when nobody has stood against it for a while: after
 * an outage or a loss those who do are back within seconds.
 */
async function wait(
  declaration: Declaration,
  schedules: readonly Schedule[],
  before: Refusal,
  hearing: Hearing,
): Promise<Outcome> {
  const now = Date.now()
  const patient = hearing.isOn(now)
  const asked = await claim(declaration, schedules, true)
  if (asked.how === 'superseded') return asked
  const print = 'print' in asked ? asked.print : ''
  // Somebody else has declared something else since.
  if (print !== '' && before.print !== '' && print !== before.print) return { how: 'superseded' }
  if (asked.how === 'refused') hearing.again()
  if (asked.how === 'refused' || patient) return before
  return declare(declaration, schedules)
}
