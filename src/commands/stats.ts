import { setTimeout as sleep } from 'node:timers/promises'
import { type CommandContext, written } from '../command.ts'
import { formatOf } from '../formats.ts'
import { lasting } from '../lasting.ts'
import type { Keys } from '../ledger/keys.ts'
import { newestPoint, type Point, pointsAfter, pointsSince } from '../ledger/stats.ts'
import { leftOut, newestOf } from '../newest.ts'
import type { Redis } from '../redis.ts'
import { enginesOf, selectSchedules } from '../selection.ts'
import { statsSheet } from '../stats-sheet.ts'
import { widthOf } from '../terminal.ts'
import { withBooks } from './ended-books.ts'

/** Redis answers when there is something new, or after this long, ms. */
const PATIENCE = 2000

/**
 * Prints what the engines reported, oldest first: the newest `--limit`, and with `--follow` what
 * comes in from then on, until told to stop. That older ones are not shown is said on stderr.
 */
export function stats(context: CommandContext): Promise<number> {
  const { argv, env, stdout, stderr } = context
  const { engine } = argv
  const { since, to, limit } = newestOf(argv)
  const warn = (message: string) => stderr.write(`warning: ${message}\n`)
  const print = statsSheet(formatOf(argv), warn, { width: widthOf(stdout, env) })
  return withBooks(context, async ({ redis, keys }) => {
    const chosen = enginesOf(await selectSchedules(redis, keys, { engine }))
    const read = new Map<string, string>()
    const points: Point[] = []
    for (const name of chosen) {
      const newest = await newestPoint(redis, keys, name)
      read.set(name, newest)
      if (newest === '0-0') continue
      const last = Number.isFinite(to) ? String(Math.max(0, Math.floor(to))) : newest
      // One more than wanted tells whether there are more.
      points.push(...(await pointsSince(redis, keys, name, { since, limit: limit + 1, last })))
    }
    if (points.length > limit) stderr.write(leftOut('position'))
    await written(stdout, print(points.sort((a, b) => a.at - b.at).slice(-limit)))
    if (argv.follow === true) {
      const all = engine === undefined
      await follow(context, redis, keys, read, all, some => written(stdout, print(some)))
    } else if (points.length === 0) stderr.write('no stats\n')
    return 0
  })
}

/** Goes on after the ids in `read`; with `all`, engines that appear later are read from their first point. */
async function follow(
  { signal, stderr }: CommandContext,
  redis: Redis,
  keys: Keys,
  read: Map<string, string>,
  all: boolean,
  print: (points: readonly Point[]) => Promise<void>,
): Promise<void> {
  const reader = lasting(redis, message => stderr.write(`${message}\n`))
  const close = () => reader.disconnect()
  signal.addEventListener('abort', close, { once: true })
  try {
    for (let looked = Date.now(); !signal.aborted; ) {
      if (read.size > 0) {
        const points = await pointsAfter(reader, keys, read, PATIENCE)
        for (const { engine, id } of points) read.set(engine, id)
        if (points.length > 0) await print(points)
      }
      if (!all || (read.size > 0 && Date.now() - looked < PATIENCE)) continue
      looked = Date.now()
      for (const name of enginesOf(await selectSchedules(reader, keys, {}))) {
        if (!read.has(name)) read.set(name, '0-0')
      }
      if (read.size === 0) await sleep(PATIENCE, undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}
