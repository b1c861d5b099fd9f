import type { CommandContext } from '../command.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { disagreements } from '../ledger/disagreements.ts'
import { overview } from '../ledger/overview.ts'
import { isGone, presences } from '../presence.ts'
import type { Reader } from '../reader.ts'
import { redisFacts } from '../redis-facts.ts'
import { selectSchedules } from '../selection.ts'
import { type Standing, statusLines, statusSheet } from '../status-sheet.ts'
import { jsonLine, widthOf } from '../terminal.ts'
import { warningsOf } from '../warnings.ts'
import { watch } from '../watch.ts'
import { withBooks } from './ended-books.ts'

/** Exit code when something needs a look. */
const LOOK = 3

/**
 * Prints how schedules, processes and Redis stand. The exit code is 0 when all of it works, and 3
 * when something needs a look: no producer or worker is alive, producers disagree, two processes have
 * one name, nothing is declared, Redis may evict keys, keeps no append-only file or refuses a process
 * something, a clock is wrong, or the last slot of a schedule that is not paused failed, was missed, or
 * ended unknown. With `--watch` it goes on until told to stop, and the exit code is 0.
 */
export function status(context: CommandContext): Promise<number> {
  const { argv, stdout, env } = context
  const json = argv.json === true
  // As wide as the terminal is now: it may be changed meanwhile.
  const print = (standing: Standing) =>
    json ? statusLines(standing) : statusSheet(standing, widthOf(stdout, env))
  return withBooks(context, async reader => {
    if (argv.watch === true) {
      // A program has to know where the next look begins.
      const head = ({ now }: Standing) => (json ? jsonLine({ type: 'look', at: now }) : '')
      await watch(context, reader.redis, async redis => {
        const standing = await standingOf({ ...reader, redis })
        return head(standing) + print(standing)
      })
      return 0
    }
    const standing = await standingOf(reader)
    stdout.write(print(standing))
    return standing.warnings.length === 0 ? 0 : LOOK
  })
}

async function standingOf({ redis, keys, config }: Reader): Promise<Standing> {
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
  return { schedules, processes, facts, warnings, now }
}
