import type { CommandContext } from '../command.ts'
import { actionsBefore, type Recorded } from '../ledger/actions.ts'
import { withRedis } from '../reader.ts'
import { clock, jsonLine, printable, table, timed } from '../terminal.ts'

/** Actions read from Redis at a time. */
const PAGE = 500

/** Prints what people did, oldest first: the newest `--limit`. */
export function actions(context: CommandContext): Promise<number> {
  const { argv, stdout, stderr } = context
  const limit = Number(argv.limit ?? 50)
  return withRedis(context, async ({ redis, keys }) => {
    const found: Recorded[] = []
    let before: string | null = null
    do {
      const wanted = Math.min(PAGE, limit - found.length)
      const page = await actionsBefore(redis, keys, { before, limit: wanted })
      found.push(...page.actions)
      before = page.next
    } while (before !== null && found.length < limit)
    found.reverse()
    if (argv.json === true) stdout.write(found.map(jsonLine).join(''))
    else if (found.length === 0) stderr.write('nobody did anything yet\n')
    else stdout.write(`${table([timed('when'), ...HEAD], found.map(row))}\n`)
    return 0
  })
}

const HEAD = ['who', 'via', 'what', 'target', 'reason']

function row({ at, by, via, action, target, reason }: Recorded): string[] {
  return [clock(at), ...[by, via, action, target, reason || '-'].map(printable)]
}
