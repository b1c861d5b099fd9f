import type { CommandContext } from '../command.ts'
import { type Overview, overview } from '../ledger/overview.ts'
import { GONE_AFTER, presences } from '../presence.ts'
import { withRedis } from '../reader.ts'
import { redisFacts } from '../redis-facts.ts'
import { selectSchedules } from '../selection.ts'
import { statusLines, statusSheet } from '../status-sheet.ts'

/** Exit code when something needs a look. */
const LOOK = 3

/** Verdicts after which somebody should have a look. */
const BAD: ReadonlySet<string> = new Set(['failed', 'unknown', 'missed'])

/**
 * Prints how schedules, processes and Redis stand. The exit code is 0 when all of it works, and 3
 * when something needs a look: no producer or worker is alive, nothing is declared, Redis may evict
 * keys, or the last slot of a schedule that is not paused failed, was missed, or ended unknown.
 */
export function status(context: CommandContext): Promise<number> {
  const { argv, stdout } = context
  return withRedis(context, async ({ redis, keys, config }) => {
    const schedules = await overview(redis, keys, await selectSchedules(redis, keys, {}))
    const now = Date.now()
    const processes = (await presences(redis, keys)).map(presence => {
      return { ...presence, gone: now - presence.seen >= GONE_AFTER }
    })
    const facts = await redisFacts(redis, config.redis.url)
    const alive = new Set(processes.filter(({ gone }) => !gone).map(({ part }) => part))
    const warnings = [
      ...(schedules.length === 0 ? ['nothing is declared in this Redis'] : []),
      ...(alive.has('producer') ? [] : ['no producer is alive: missed slots stay unnoticed']),
      ...(alive.has('worker') ? [] : ['no worker is alive: no calls are made']),
      ...(facts.policy === null || facts.policy === 'noeviction'
        ? []
        : [`Redis may evict keys (maxmemory-policy ${facts.policy}): set it to noeviction`]),
      ...schedules.filter(isBad).map(concern),
    ]
    const standing = { schedules, processes, facts, warnings, now }
    stdout.write(argv.json === true ? statusLines(standing) : statusSheet(standing))
    return warnings.length === 0 ? 0 : LOOK
  })
}

function isBad({ last, paused }: Overview): boolean {
  return paused.length === 0 && last !== null && BAD.has(last.verdict)
}

function concern({ schedule, last }: Overview): string {
  return `${schedule.id}: the last slot ended ${last?.verdict} (${last?.reason ?? 'no reason'})`
}
