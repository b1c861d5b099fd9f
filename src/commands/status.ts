import type { CommandContext } from '../command.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { disagreements } from '../ledger/disagreements.ts'
import { overview } from '../ledger/overview.ts'
import { isGone, presences } from '../presence.ts'
import { withRedis } from '../reader.ts'
import { redisFacts } from '../redis-facts.ts'
import { selectSchedules } from '../selection.ts'
import { statusLines, statusSheet } from '../status-sheet.ts'
import { warningsOf } from '../warnings.ts'

/** Exit code when something needs a look. */
const LOOK = 3

/**
 * Prints how schedules, processes and Redis stand. The exit code is 0 when all of it works, and 3
 * when something needs a look: no producer or worker is alive, producers disagree, two processes have
 * one name, nothing is declared, Redis may evict keys, keeps no append-only file or refuses a process
 * something, a clock is wrong, or the last slot of a schedule that is not paused failed, was missed, or
 * ended unknown.
 */
export function status(context: CommandContext): Promise<number> {
  const { argv, stdout } = context
  return withRedis(context, async ({ redis, keys, config }) => {
    const schedules = await overview(redis, keys, await selectSchedules(redis, keys, {}))
    const now = Date.now()
    const present = await presences(redis, keys)
    const processes = present.map(presence => {
      return { ...presence, gone: isGone(presence, now) }
    })
    const facts = await redisFacts(redis, config.redis.url)
    const declared = await declaredSchedules(redis, keys)
    const warnings = warningsOf({
      ...{ schedules, processes, facts },
      disagreements: await disagreements(redis, keys, { present, declared }),
    })
    const standing = { schedules, processes, facts, warnings, now }
    stdout.write(argv.json === true ? statusLines(standing) : statusSheet(standing))
    return warnings.length === 0 ? 0 : LOOK
  })
}
