import { hostname, userInfo } from 'node:os'
import { type CommandContext, UserError } from '../command.ts'
import { pauses, pause as pauseTarget } from '../ledger/pauses.ts'
import { withRedis } from '../reader.ts'
import { knownTarget } from '../selection.ts'
import { clock, printable } from '../terminal.ts'

/** Characters of a reason. */
const LONGEST = 200

/**
 * Pauses a schedule or an engine from the next slot on; a call in flight goes on. Of something that
 * is paused already, only the reason changes.
 */
export function pause(context: CommandContext): Promise<number> {
  const { argv, stdout } = context
  const target = String(argv.target)
  const reason = reasonOf(argv.reason)
  return withRedis(context, async ({ redis, keys }) => {
    await knownTarget(redis, keys, target)
    const before = (await pauses(redis, keys)).get(target)
    const since = before?.since || Date.now()
    await pauseTarget(redis, keys, target, { reason, since, by: operator() })
    const lines =
      before === undefined
        ? [`${target} is paused: no more calls from the next slot on`]
        : [`${target} was paused already, since ${clock(since)}; the reason is another now`]
    lines.push(`resume it with: hft-scheduler resume ${target}`)
    stdout.write(`${lines.map(printable).join('\n')}\n`)
    return 0
  })
}

function reasonOf(given: unknown): string {
  const reason = String(given ?? '').trim()
  const wrong = (message: string) => new UserError(`--reason: ${message}`, { exitCode: 2 })
  if (reason === '') throw wrong('expected why, for everybody to see')
  const length = [...reason].length
  if (length > LONGEST) throw wrong(`expected at most ${LONGEST} characters, got ${length}`)
  if (printable(reason) !== reason) throw wrong('expected no control characters')
  return reason
}

/** Who typed this, as far as the system knows. */
function operator(): string {
  return `${user()}@${hostname()}`
}

function user(): string {
  try {
    return userInfo().username
  } catch {
    // The system has no name for this user, as in many a container.
    return String(process.getuid?.() ?? 'unknown')
  }
}
