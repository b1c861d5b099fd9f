import type { Schedule } from '../jobs.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { type Declaration, declare, reopen } from './declare.ts'
import type { Memory } from './memory.ts'

/**
 * What was declared last is declared again when it was lost, in whole or in part, or when somebody
 * restored an older declaration after such a loss. `schedules` are what this producer declared at
 * its start: they count unless it knows of a later declaration.
 */
export async function redeclare(
  declaration: Declaration,
  memory: Memory,
  schedules: readonly Schedule[],
): Promise<void> {
  const standing = await memory.standing()
  const declared = await declaredSchedules(declaration.redis, declaration.keys)
  const lost = memory.lostOf(standing, declared)
  for (const one of lost) await reopen(declaration, one)
  if (lost.length > 0) return
  const ours = standing.at === declaration.at && standing.by === declaration.by
  const whole = schedules.every(({ id }) => declared.has(id))
  if (standing.at < declaration.at || (ours && !whole)) await declare(declaration, schedules)
}
