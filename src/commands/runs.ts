import { type CommandContext, UserError, written } from '../command.ts'
import type { Schedule } from '../jobs.ts'
import { follow } from '../ledger/follow.ts'
import { mayHaveEnded, newestRuns } from '../ledger/history.ts'
import { type Run, VERDICTS } from '../ledger/run.ts'
import { withRedis } from '../reader.ts'
import type { Redis } from '../redis.ts'
import { runSheet } from '../run-sheet.ts'
import { known, selectSchedules } from '../selection.ts'

/** Runs printed at a time. */
const BATCH = 1000

/**
 * Prints how slots ended, oldest first: the newest `--limit` that fit all filters, and with
 * `--follow` every one that is recorded from then on, until told to stop.
 */
export function runs(context: CommandContext): Promise<number> {
  const { argv, stdout, stderr, signal } = context
  const { engine, job } = argv
  const verdicts = verdictsOf(argv.verdict)
  const limit = Number(argv.limit ?? 50)
  const since = argv.since === undefined ? null : Number(argv.since)
  const fits = (run: Run) =>
    (engine === undefined || run.engine === engine) &&
    (job === undefined || run.job === job) &&
    (verdicts === null || verdicts.has(run.verdict))
  return withRedis(context, async ({ redis, keys }) => {
    const choose = (reader: Redis) => selectSchedules(reader, keys, { engine, job }).then(idsOf)
    const schedules = await choose(redis)
    const mayFit = mayHaveEnded(verdicts)
    const past = () => newestRuns(redis, keys, { schedules, since, limit, mayFit, fits })
    const goesOn = argv.follow === true
    const print = runSheet(argv.json === true, goesOn ? schedules : [])
    if (!goesOn) {
      const found = await past()
      if (found.length === 0) stderr.write('no runs\n')
      for (let from = 0; from < found.length; from += BATCH) {
        await written(stdout, print(found.slice(from, from + BATCH)))
      }
      return 0
    }
    // What is followed may be declared away for a while.
    const chosen = (reader: Redis) => choose(reader).catch(gone)
    const tell = (message: string) => stderr.write(`${message}\n`)
    const all = follow({ redis, keys, schedules: chosen, fits, past, signal, tell })
    for await (const some of all) await written(stdout, print(some))
    return 0
  })
}

function idsOf(schedules: readonly Schedule[]): string[] {
  return schedules.map(({ id }) => id)
}

function gone(error: unknown): string[] {
  if (error instanceof UserError) return []
  throw error
}

function verdictsOf(given: unknown): ReadonlySet<string> | null {
  if (given === undefined) return null
  const names = [given].flat().flatMap(text => String(text).split(','))
  for (const name of names) known('verdict', name.trim(), VERDICTS)
  return new Set(names.map(name => name.trim()))
}
