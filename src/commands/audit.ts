import { type CommandContext, UserError } from '../command.ts'
import { type Audit, audit as auditOf, type Window } from '../ledger/audit.ts'
import type { Keys } from '../ledger/keys.ts'
import { isGone, presences } from '../presence.ts'
import type { Redis } from '../redis.ts'
import { selectBooks } from '../selection.ts'
import { clock, jsonLine, moment, paint, printable, table, timed, widthOf } from '../terminal.ts'
import { withBooks } from './ended-books.ts'

const COUNTS = [
  ...(['due', 'succeeded', 'failed', 'unknown', 'engineStopped', 'skipped', 'missed'] as const),
  ...(['running', 'unaccounted'] as const),
]
/** Notes on single schedules that are printed; the rest is counted. */
const NOTES = 5

/** Else the number grows with the clock, and nothing says why. */
const UNCLOSED =
  'no producer is alive: slots that nobody ran count as running until one closes the books'

/**
 * Prints the sums of the books: since they were opened, or of a window. The exit code is 0 where
 * every slot that was due is accounted for, else 1.
 */
export function audit(context: CommandContext): Promise<number> {
  const { argv, env, stdout, stderr } = context
  const window = windowOf(argv)
  return withBooks(context, async ({ redis, keys }) => {
    const { schedule, engine } = argv
    const wanted = await selectBooks(redis, keys, { schedule, engine })
    const books: Audit[] = []
    for (const id of wanted) {
      const book = await auditOf(redis, keys, id, window)
      if (book !== null) books.push(book)
    }
    if (argv.json === true) stdout.write(books.map(jsonLine).join(''))
    else if (books.length > 0) stdout.write(`${sheet(books, widthOf(stdout, env))}\n`)
    if (books.length === 0) stderr.write('no books: nothing is declared in this Redis yet\n')
    for (const note of notes(books, window)) stderr.write(`${note}\n`)
    if (books.some(({ running }) => running > 0) && !(await isClosing(redis, keys))) {
      stderr.write(`${UNCLOSED}\n`)
    }
    return books.every(({ unaccounted }) => unaccounted === 0) ? 0 : 1
  })
}

/** Does a producer live that closes the books? */
async function isClosing(redis: Redis, keys: Keys): Promise<boolean> {
  const now = Date.now()
  const present = await presences(redis, keys)
  return present.some(presence => presence.part === 'producer' && !isGone(presence, now))
}

function windowOf(argv: CommandContext['argv']): Window | undefined {
  const [first, to] = [argv.from ?? argv.since, argv.to]
  if (first === undefined && to === undefined) return undefined
  const window = { from: Number(first ?? 0), to: Number(to ?? Number.POSITIVE_INFINITY) }
  if (argv.from !== undefined && argv.since !== undefined) {
    throw new UserError('--from and --since say the same: give one of them', { exitCode: 2 })
  }
  if (window.from > window.to) throw new UserError('--from lies after --to', { exitCode: 2 })
  if (window.from > Date.now()) throw new UserError('--from lies in the future', { exitCode: 2 })
  return window
}

function sheet(books: readonly Audit[], width: number): string {
  const rows = books.map(book => [
    printable(book.schedule),
    clock(book.from),
    clock(book.to),
    ...counts(book),
  ])
  if (books.length > 1) rows.push([paint.bold('total'), '', '', ...counts(total(books))])
  const titles = COUNTS.map(name => (name === 'engineStopped' ? 'engine stopped' : name))
  return table(['schedule', timed('from'), 'to', ...titles], rows, width)
}

type Counts = Pick<Audit, (typeof COUNTS)[number]>

function counts(book: Counts): string[] {
  return COUNTS.map(name => tone(name, book[name])(String(book[name])))
}

function tone(name: (typeof COUNTS)[number], value: number): (text: string) => string {
  if (value === 0 || name === 'due' || name === 'succeeded' || name === 'running') {
    return paint.plain
  }
  return name === 'failed' || name === 'unknown' || name === 'unaccounted'
    ? paint.red
    : paint.yellow
}

function total(books: readonly Audit[]): Counts {
  const sum = (name: keyof Counts) => books.reduce((all, book) => all + book[name], 0)
  return Object.fromEntries(COUNTS.map(name => [name, sum(name)])) as Counts
}

/** Where less is summed up than was asked for. */
function notes(books: readonly Audit[], window: Window | undefined): string[] {
  const { from } = window ?? { from: 0 }
  const shorter = from === 0 ? [] : books.filter(book => book.from > from)
  const lines = shorter
    .slice(0, NOTES)
    .map(book => `${printable(book.schedule)}: records are kept from ${moment(book.from)} on`)
  const rest = shorter.length - NOTES
  return rest > 0 ? [...lines, `and so for ${rest} more`] : lines
}
