import type { CommandContext } from '../command.ts'
import { actionsBefore, type Recorded } from '../ledger/actions.ts'
import { leftOut, newestOf } from '../newest.ts'
import { clock, jsonLine, printable, table, timed, widthOf } from '../terminal.ts'
import { withBooks } from './ended-books.ts'

/** Actions read from Redis at a time. */
const PAGE = 500

/**
 * Prints what people did, oldest first: the newest `--limit` that fit all filters. How many older ones
 * fit and are not shown is said on stderr.
 */
export function actions(context: CommandContext): Promise<number> {
  const { argv, env, stdout, stderr } = context
  const { fits, since, limit, before: first, narrowed } = filters(argv)
  return withBooks(context, async ({ redis, keys }) => {
    const found: Recorded[] = []
    let more = 0
    let before = first
    do {
      const page = await actionsBefore(redis, keys, { before, limit: PAGE })
      const fitting = page.actions.filter(fits)
      found.push(...fitting.slice(0, Math.max(0, limit - found.length)))
      more += fitting.length
      const oldest = page.actions.at(-1)?.at ?? Number.POSITIVE_INFINITY
      before = oldest < since ? null : page.next
    } while (before !== null)
    more -= found.length
    found.reverse()
    if (argv.json === true) stdout.write(found.map(jsonLine).join(''))
    else if (found.length > 0)
      stdout.write(`${table([timed('when'), ...HEAD], found.map(row), widthOf(stdout, env))}\n`)
    else stderr.write(narrowed ? 'nobody did anything of that kind\n' : 'nobody did anything yet\n')
    if (more > 0) stderr.write(leftOut('action', more))
    return 0
  })
}

/** What was asked for; `before` is the id of an action that is too new. */
function filters(argv: CommandContext['argv']) {
  const { target, by, action } = argv
  const { since, to, limit } = newestOf(argv)
  const fits = (it: Recorded) =>
    it.at >= since &&
    it.at <= to &&
    (target === undefined || it.target === target || it.target.startsWith(`${target}/`)) &&
    (by === undefined || it.by === by) &&
    (action === undefined || it.action === action)
  return {
    ...{ fits, since, limit },
    before: Number.isFinite(to) ? `${Math.floor(to) + 1}-0` : null,
    narrowed: [target, by, action, argv.since, argv.to].some(one => one !== undefined),
  }
}

const HEAD = ['who', 'via', 'what', 'target', 'reason']

function row({ at, by, via, action, target, reason }: Recorded): string[] {
  return [clock(at), ...[by, via, action, target, reason || '-'].map(printable)]
}
