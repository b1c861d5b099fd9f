import { type CommandContext, UserError } from './command.ts'

/** Shown unless `--limit` or `--all` says otherwise. */
const LIMIT = 50

/** The stretch of time that is shown, epoch ms, null where it is open; and how many at most. */
export interface Newest {
  from: number | null
  to: number | null
  limit: number
}

/** As `--since`, `--to`, `--limit` and `--all` ask for it. Throws UserError where these contradict. */
export function newestOf({ since, to, limit, all }: CommandContext['argv']): Newest {
  if (all === true && limit !== undefined) {
    throw new UserError('--all and --limit contradict each other: give one of them', {
      exitCode: 2,
    })
  }
  const asked = {
    from: since === undefined ? null : Number(since),
    to: to === undefined ? null : Number(to),
    limit: all === true ? Number.POSITIVE_INFINITY : Number(limit ?? LIMIT),
  }
  if (asked.from !== null && asked.to !== null && asked.from > asked.to) {
    throw new UserError('--since lies after --to', { exitCode: 2 })
  }
  return asked
}

/** Says how many older ones are not shown: `2 older runs are not shown: …`. */
export function leftOut(noun: 'run' | 'action', count: number, atLeast = false): string {
  const [things, are] = count === 1 && !atLeast ? [noun, 'is'] : [`${noun}s`, 'are']
  const number = `${atLeast ? 'at least ' : ''}${count.toLocaleString('en')}`
  return `${number} older ${things} ${are} not shown: use --all or a higher --limit`
}
