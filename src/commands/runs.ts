import { type CommandContext, UserError, written } from '../command.ts'
import { formatOf } from '../formats.ts'
import { follow } from '../ledger/follow.ts'
import { mayHaveEnded, newestRuns } from '../ledger/history.ts'
import { type Run, VERDICTS } from '../ledger/run.ts'
import { leftOut, newestOf } from '../newest.ts'
import type { Redis } from '../redis.ts'
import { runSheet } from '../run-sheet.ts'
import { known, selectBooks } from '../selection.ts'
import { widthOf } from '../terminal.ts'
import { withBooks } from './ended-books.ts'

/** Runs printed at a time. */
const BATCH = 1000

/**
 * Prints how slots ended, oldest first: the newest `--limit` that fit all filters, and with
 * `--follow` every one that is recorded from then on, until told to stop. How many older ones fit
 * and are not shown is said on stderr.
 */
export function runs(context: CommandContext): Promise<number> {
  const { argv, env, stdout, stderr, signal } = context
  const { engine, job, schedule } = argv
  const wanted = { engine, job, schedule }
  const { verdicts, reasons, from, to, limit } = askedFor(argv)
  const fits = (run: Run) =>
    (engine === undefined || run.engine === engine) &&
    (job === undefined || run.job === job) &&
    (schedule === undefined || run.schedule === schedule) &&
    (verdicts === null || verdicts.has(run.verdict)) &&
    (reasons === null || reasons.has(run.reason ?? ''))
  const format = formatOf(argv)
  return withBooks(context, async ({ redis, keys }) => {
    const choose = (reader: Redis) => selectBooks(reader, keys, wanted)
    const schedules = await choose(redis)
    const mayFit = mayHaveEnded(verdicts, reasons)
    const everything = verdicts === null && reasons === null
    const past = async () => {
      const query = { schedules, from, to, limit, everything, mayFit, fits }
      const { runs, more, atLeast } = await newestRuns(redis, keys, query)
      if (more > 0) stderr.write(leftOut('run', more, atLeast))
      return runs
    }
    const goesOn = argv.follow === true
    const print = runSheet(format, widthOf(stdout, env), goesOn ? schedules : [])
    if (!goesOn) {
      const found = await past()
      if (found.length === 0) stderr.write('no runs\n')
      for (let from = 0; from === 0 || from < found.length; from += BATCH) {
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

/** Which runs, and how many. Throws UserError. */
function askedFor(argv: CommandContext['argv']) {
  const { since, to, limit } = newestOf(argv)
  const verdicts = listOf(argv.verdict)
  for (const name of verdicts ?? []) known('verdict', name, VERDICTS)
  const [from, until] = [since, to].map(at => (Number.isFinite(at) ? at : null))
  return {
    ...{ verdicts, reasons: listOf(argv.reason), limit },
    ...{ from: from ?? null, to: until ?? null },
  }
}

function gone(error: unknown): string[] {
  if (error instanceof UserError) return []
  throw error
}

/** A comma list, or several. */
function listOf(given: unknown): ReadonlySet<string> | null {
  if (given === undefined) return null
  const names = [given].flat().flatMap(text => String(text).split(','))
  return new Set(names.map(name => name.trim()))
}
