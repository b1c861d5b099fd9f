import { type CommandContext, UserError, written } from '../command.ts'
import { formatOf } from '../formats.ts'
import { follow } from '../ledger/follow.ts'
import { mayHaveEnded, newestRuns } from '../ledger/history.ts'
import { type Run, VERDICTS } from '../ledger/run.ts'
import type { Redis } from '../redis.ts'
import { runSheet } from '../run-sheet.ts'
import { known, selectBooks } from '../selection.ts'
import { widthOf } from '../terminal.ts'
import { withBooks } from './ended-books.ts'

/** Runs shown unless `--limit` or `--all` says otherwise. */
const LIMIT = 50

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
      if (more > 0) stderr.write(`${leftOut(more, atLeast)}\n`)
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
  const [from, to] = [argv.since, argv.to].map(at => (at === undefined ? null : Number(at)))
  const wrong = (message: string) => new UserError(message, { exitCode: 2 })
  if (argv.all === true && argv.limit !== undefined) {
    throw wrong('--all and --limit contradict each other: give one of them')
  }
  if (argv.follow === true && to !== null) {
    throw wrong('--follow shows what is still to come, --to ends earlier: give one of them')
  }
  if (typeof from === 'number' && typeof to === 'number' && from > to) {
    throw wrong('--since lies after --to')
  }
  const verdicts = listOf(argv.verdict)
  for (const name of verdicts ?? []) known('verdict', name, VERDICTS)
  return {
    ...{ verdicts, reasons: listOf(argv.reason), from: from ?? null, to: to ?? null },
    limit: argv.all === true ? Number.POSITIVE_INFINITY : Number(argv.limit ?? LIMIT),
  }
}

function leftOut(more: number, atLeast: boolean): string {
  const count = `${atLeast ? 'at least ' : ''}${more.toLocaleString('en')}`
  const [runs, are] = more === 1 && !atLeast ? ['run', 'is'] : ['runs', 'are']
  return `${count} older ${runs} ${are} not shown: --all shows all, --limit so many`
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
