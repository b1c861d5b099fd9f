import type { CommandContext } from '../command.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { pauses, resume as resumeTarget } from '../ledger/pauses.ts'
import { withRedis } from '../reader.ts'
import { knownTarget } from '../selection.ts'
import { printable } from '../terminal.ts'

/** Ends the pause of a schedule or an engine, also of one that is declared no more. */
export function resume(context: CommandContext): Promise<number> {
  const { argv, stdout } = context
  const target = String(argv.target)
  return withRedis(context, async ({ redis, keys }) => {
    const paused = await pauses(redis, keys)
    if (!paused.has(target)) await knownTarget(redis, keys, target)
    const resumed = await resumeTarget(redis, keys, target)
    const lines = [
      resumed ? `${target} is resumed: calls from the next slot on` : `${target} was not paused`,
    ]
    const declared = await declaredSchedules(redis, keys)
    const engine = declared.get(target)?.schedule.engine
    const above = engine === undefined ? undefined : paused.get(engine)
    if (above !== undefined) {
      lines.push(`its engine ${engine} is paused (${above.reason}): it makes no calls until`)
      lines.push(`hft-scheduler resume ${engine}`)
    }
    for (const { schedule } of declared.values()) {
      const pause = schedule.engine === target ? paused.get(schedule.id) : undefined
      if (pause !== undefined) lines.push(`${schedule.id} stays paused (${pause.reason})`)
    }
    stdout.write(`${lines.map(printable).join('\n')}\n`)
    return 0
  })
}
