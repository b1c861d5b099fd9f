import type { CommandContext } from '../command.ts'
import { resume as resumeTarget } from '../ledger/pauses.ts'
import { vouch } from '../ledger/vouch.ts'
import { operator } from '../operator.ts'
import { withRedis } from '../reader.ts'
import { reasonTyped } from '../reason.ts'
import { stillPaused } from '../remarks.ts'
import { knownOrPaused } from '../selection.ts'
import { printable } from '../terminal.ts'

/**
 * Ends the pause of a schedule or an engine, also of one that is declared no more; with
 * `--after-clock` what workers hold after Redis's clock was set, and no pause.
 */
export function resume(context: CommandContext): Promise<number> {
  const { argv, stdout } = context
  const target = String(argv.target)
  const reason = reasonTyped(argv.reason, false)
  return withRedis(context, async ({ redis, keys }) => {
    await knownOrPaused(redis, keys, target)
    const wish = { target, reason, by: operator(), via: 'command line' } as const
    if (argv['after-clock'] === true) {
      await vouch(redis, keys, wish)
      stdout.write(`${printable(target)}: no more calls are held because the clock was set\n`)
      return 0
    }
    const { resumed } = await resumeTarget(redis, keys, wish)
    const lines = [
      resumed ? `${target} is resumed: calls from the next slot on` : `${target} was not paused`,
    ]
    const { above, below } = await stillPaused(redis, keys, target)
    if (above !== null) {
      lines.push(
        `its engine ${above.id} is paused (${above.pause.reason}): it makes no calls until`,
      )
      lines.push(`hft-scheduler resume ${above.id}`)
    }
    for (const { id, pause } of below) lines.push(`${id} stays paused (${pause.reason})`)
    stdout.write(`${lines.map(printable).join('\n')}\n`)
    return 0
  })
}
