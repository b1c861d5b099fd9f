import type { CommandContext } from '../command.ts'
import { pause as pauseTarget } from '../ledger/pauses.ts'
import { operator } from '../operator.ts'
import { withRedis } from '../reader.ts'
import { reasonTyped } from '../reason.ts'
import { knownTarget } from '../selection.ts'
import { moment, printable } from '../terminal.ts'

/**
 * Pauses a schedule or an engine from the next slot on; a call in flight goes on. Of something that
 * is paused already, only the reason changes.
 */
export function pause(context: CommandContext): Promise<number> {
  const { argv, stdout } = context
  const target = String(argv.target)
  const reason = reasonTyped(argv.reason, true)
  return withRedis(context, async ({ redis, keys }) => {
    await knownTarget(redis, keys, target)
    const wish = { target, reason, by: operator(), via: 'command line' } as const
    const { before } = await pauseTarget(redis, keys, wish)
    const lines =
      before === null
        ? [`${target} is paused: no more calls from the next slot on`]
        : [`${target} was paused already, since ${moment(before.since)}; the reason is another now`]
    lines.push(`resume it with: hft-scheduler resume ${target}`)
    stdout.write(`${lines.map(printable).join('\n')}\n`)
    return 0
  })
}
