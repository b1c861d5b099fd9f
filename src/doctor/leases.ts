import { declaredSchedules } from '../ledger/declared.ts'
import { parseMark } from '../ledger/mark.ts'
import { nameOf } from '../process-name.ts'
import { span } from '../terminal.ts'
import { inBatches } from './batches.ts'
import { about, type Finding, orFine } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, warning, failure } = about('leases')

/** A lease covers this much beside the call itself, ms. */
const BESIDE = 2000
/** How long a call may be over without its verdict before somebody should look, ms. */
const OVERDUE = 60_000

/** Is a lease held longer than one can be, or a call marked as sent that is long over? */
export async function leases(subject: Connected): Promise<Finding[]> {
  const { redis, keys } = subject
  const declared = [...(await declaredSchedules(redis, keys)).keys()]
  if (declared.length === 0) return []
  const problems = await inBatches(declared, async id => [
    ...(await stuck(subject, id)),
    ...(await overdue(subject, id)),
  ])
  return orFine(problems, ok('none is held too long, no call is without its verdict too long'))
}

async function stuck({ redis, keys, config }: Connected, id: string): Promise<Finding[]> {
  const { lead, timeout, settle } = config.timing
  const longest = lead + BESIDE + timeout + settle
  const left = await redis.pttl(keys.lease(id))
  const worker = (await redis.hget(keys.lease(id), 'worker')) ?? 'somebody'
  const remove = `when no call is under way: redis-cli DEL '${keys.lease(id)}'`
  if (left === -1) {
    return [failure(`${id}: that of ${worker} never expires, and no calls are made`, remove)]
  }
  if (left <= longest) return []
  const found = `${id}: that of ${worker} lasts ${span(left)} more, one lasts ${span(longest)} at most here`
  return [warning(found, `give all workers the same --timeout and --settle; ${remove}`)]
}

async function overdue({ redis, keys, config }: Connected, id: string): Promise<Finding[]> {
  const { timeout, settle } = config.timing
  const now = Date.now()
  const found = Object.entries(await redis.hgetall(keys.sent(id))).flatMap(([field, json]) => {
    const mark = parseMark(json)
    if (mark === null) return [`${field} (unreadable)`]
    const over = mark.until ?? mark.at + timeout + settle
    return now - over > OVERDUE
      ? [`${field} of ${nameOf(mark.worker)}, over since ${span(now - over)}`]
      : []
  })
  const [first] = found
  if (first === undefined) return []
  const more = found.length > 1 ? ` and ${found.length - 1} more` : ''
  const text = `${id}: a call marked as sent has no verdict: ${first}${more}`
  return [warning(text, 'a producer settles these: is one alive? Look at its log')]
}
