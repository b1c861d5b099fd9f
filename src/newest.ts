import { type CommandContext, UserError } from './command.ts'

/** How many are shown unless `--limit` or `--all` says otherwise. */
const LIMIT = 50

/** Which of many a command shows: the newest `limit` of those in [since, to], epoch ms or infinite. */
export interface Newest {
  since: number
  to: number
  limit: number
}

/** Reads `--since`, `--to`, `--limit`, `--all` and `--follow`. Throws UserError where they contradict each other. */
export function newestOf(argv: CommandContext['argv']): Newest {
  const since = Number(argv.since ?? Number.NEGATIVE_INFINITY)
  const to = Number(argv.to ?? Number.POSITIVE_INFINITY)
  const wrong = (message: string) => new UserError(message, { exitCode: 2 })
  if (argv.all === true && argv.limit !== undefined) {
    throw wrong('--all and --limit contradict each other: give one of them')
  }
  if (argv.follow === true && argv.to !== undefined) {
    throw wrong('--follow shows what is still to come, --to ends earlier: give one of them')
  }
  if (since > to) throw wrong('--since lies after --to')
  const limit = argv.all === true ? Number.POSITIVE_INFINITY : Number(argv.limit ?? LIMIT)
  return { since, to, limit }
}

/** Says how many older ones there are, or that there are some: what is cut must not look whole. */
export function leftOut(what: string, count?: number, atLeast = false): string {
  const one = count === 1 && !atLeast
  const some =
    count === undefined ? [] : [`${atLeast ? 'at least ' : ''}${count.toLocaleString('en')}`]
  const said = [...some, 'older', one ? what : `${what}s`, one ? 'is' : 'are'].join(' ')
  return `${said} not shown: use --all or a higher --limit\n`
}
