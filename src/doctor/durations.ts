import { declaredSchedules } from '../ledger/declared.ts'
import { parseRun } from '../ledger/ledger.ts'
import { spacing } from '../slots.ts'
import { span } from '../terminal.ts'
import { inBatches } from './batches.ts'
import { about, type Finding, orFine } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, warning } = about('durations')

/** Runs that are looked at, of each schedule. */
const RECENT = 120
/** A call that takes this share of its time-out will pass it some day. */
const NEAR = 0.8

/** Do calls take longer than there is time from slot to slot, or than their time-out? */
export async function durations({ redis, keys, config }: Connected): Promise<Finding[]> {
  const { timeout } = config.timing
  let slowest = 0
  const problems = await inBatches(
    (await declaredSchedules(redis, keys)).values(),
    async ({ schedule: { id, grid } }) => {
      const members = await redis.zrevrange(keys.runs(id), 0, RECENT - 1)
      const times = members
        .flatMap(parseRun)
        .flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs]))
        .sort((a, b) => a - b)
      const [median, most] = [times[Math.floor(times.length / 2)] ?? 0, times.at(-1) ?? 0]
      slowest = Math.max(slowest, most)
      const found: Finding[] = []
      if (median > spacing(grid)) {
        const text = `${id}: calls take ${span(median)} at the median, slots are ${span(spacing(grid))} apart: the rest is skipped`
        found.push(warning(text, 'give it a longer interval, or make the engine faster'))
      }
      if (most > timeout * NEAR) {
        const text = `${id}: the slowest of ${times.length} calls took ${span(most)}, the time-out is ${span(timeout)}`
        found.push(warning(text, 'raise --timeout: a call cut off there is unknown'))
      }
      return found
    },
  )
  if (slowest === 0 && problems.length === 0) return []
  return orFine(problems, ok(`the slowest recent call took ${span(slowest)}`))
}
