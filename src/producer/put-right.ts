import { type Declared, declaredSchedules } from '../ledger/declared.ts'
import { type Declaration, reopen } from './declare.ts'
import type { Rewind } from './rewind.ts'

/**
 * Takes the books back where the clock was set back. Once the stretch that is passed again is over,
 * the schedules return to their own grids.
 */
export async function putRight(declaration: Declaration, rewind: Rewind): Promise<void> {
  const declared = [...(await declaredSchedules(declaration.redis, declaration.keys)).values()]
  await rewind.act(declared)
  for (const one of declared) {
    if (await isOver(declaration, one)) await reopen(declaration, one)
  }
}

async function isOver({ redis, keys }: Declaration, { schedule }: Declared): Promise<boolean> {
  if (schedule.grid.shift === undefined) return false
  const reached = await redis.hget(keys.books(schedule.id), 'reached')
  return Number(reached ?? 0) < Date.now()
}
