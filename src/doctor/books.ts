import { audit } from '../ledger/audit.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { countDue, parseEpochs } from '../ledger/epochs.ts'
import { span } from '../terminal.ts'
import { inBatches } from './batches.ts'
import { about, type Finding, orFine } from './finding.ts'
import { many } from './plural.ts'
import type { Connected } from './subject.ts'

const { ok, warning, failure } = about('books')

/** How much later than necessary the books may be closed, ms. */
const BEHIND = 60_000

/** Is every slot accounted for, and are the books closed in time? */
export async function books(subject: Connected): Promise<Finding[]> {
  const { redis, keys } = subject
  const declared = [...(await declaredSchedules(redis, keys)).keys()]
  if (declared.length === 0) return []
  let due = 0
  const problems = await inBatches(declared, async id => {
    const book = await audit(redis, keys, id)
    if (book === null) {
      const found = `${id} has no books: its update-engine is not called, its slots are not counted`
      return [failure(found, 'start a producer: it opens them')]
    }
    due += book.due
    return [...sums(id, book.unaccounted), ...(await lag(subject, id))]
  })
  return orFine(problems, ok(`of ${many(due, 'slot')} due, all are accounted for`))
}

function sums(id: string, unaccounted: number): Finding[] {
  if (unaccounted === 0) return []
  const found =
    unaccounted > 0
      ? `${id}: nobody says how ${many(unaccounted, 'slot')} ended`
      : `${id}: ${-unaccounted} verdicts stand for slots that were not due`
  const advice = `was something changed in Redis by hand, or restored? hft-scheduler audit --schedule ${id}`
  return [failure(found, advice)]
}

async function lag({ redis, keys, config }: Connected, id: string): Promise<Finding[]> {
  const { maxLateness, timeout, settle } = config.timing
  const [closed, epochs] = await redis.hmget(keys.books(id), 'closed', 'epochs')
  const latest = Date.now() - maxLateness - timeout - settle - BEHIND
  const open = countDue(parseEpochs(epochs ?? ''), Number(closed), latest)
  if (open === 0) return []
  const found = `${id}: ${open} slots wait to be closed, the oldest for ${span(Date.now() - Number(closed))}`
  return [warning(found, 'a producer closes them: is one alive? Look at its log')]
}
