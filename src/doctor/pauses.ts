import { pauses } from '../ledger/pauses.ts'
import { span } from '../terminal.ts'
import { about, type Finding, orFine } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, warning } = about('pauses')

/** What is paused, for how long and why: a pause that was forgotten looks like a fault. */
export async function paused({ redis, keys }: Connected): Promise<Finding[]> {
  const now = Date.now()
  const problems = [...(await pauses(redis, keys))].map(([target, { reason, since, by }]) => {
    const when = since > 0 ? ` for ${span(now - since)} by ${by}` : ''
    const advice = `when it is over: hft-scheduler resume ${target}`
    return warning(`${target} is paused${when}: ${reason}`, advice)
  })
  return orFine(problems, ok('nothing is paused'))
}
