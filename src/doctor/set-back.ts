import { declaredSchedules } from '../ledger/declared.ts'
import { timeOf } from '../redis.ts'
import { isAhead } from '../set-back.ts'
import { clock, span } from '../terminal.ts'
import { inBatches } from './batches.ts'
import { about, type Finding, orFine } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, failure } = about('set back')

/** Do the books stand ahead of now, as they do when the clock was set back? Nothing is called then. */
export async function setBack({ redis, keys }: Connected): Promise<Finding[]> {
  const declared = [...(await declaredSchedules(redis, keys)).values()]
  if (declared.length === 0) return []
  const now = Math.max(Date.now(), timeOf(await redis.time()))
  const problems = await inBatches(declared, async ({ schedule: { id, lead } }) => {
    const closed = Number((await redis.hget(keys.books(id), 'closed')) ?? 0)
    if (!isAhead(closed, lead, now)) return []
    const found = `${id}: its books stand ${span(closed - now)} ahead of now, the clock was set back: no calls before ${clock(closed)}`
    return [
      failure(found, 'start a producer, it puts this right within seconds; or look at its log'),
    ]
  })
  return orFine(problems, ok('no books are ahead of now'))
}
