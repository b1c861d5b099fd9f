import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CommandContext, UserError } from '../command.ts'
import { REPEATABLE, type Schedule } from '../jobs.ts'
import { lasting } from '../lasting.ts'
import { Answers } from '../ledger/answers.ts'
import type { Run } from '../ledger/run.ts'
import { operator } from '../operator.ts'
import { type Reader, withRedis } from '../reader.ts'
import { reasonTyped } from '../reason.ts'
import type { Redis } from '../redis.ts'
import { remarks } from '../remarks.ts'
import { runSheet } from '../run-sheet.ts'
import { selectSchedules } from '../selection.ts'
import { printable, span, widthOf } from '../terminal.ts'
import { trigger as request } from '../trigger.ts'

/** A worker makes the call within this time, or not at all, ms. */
const WITHIN = 60_000
/** Waiting shows after this long, ms. */
const QUIET = 2000
/** Redis has this long to let a request be withdrawn, ms. */
const WITHDRAWAL = 1500
/** Beside the call itself: login, connection, writing the verdict, ms. */
const OVERHEAD = 10_000
/** Exit codes: it did not succeed, and nobody knows yet. */
const ENDED = 1
const UNKNOWN = 75

/**
 * Asks for one call now and prints how it ended. What no worker has taken within `--within`, or before
 * a signal, is withdrawn; what one has taken goes on, also when nobody waits for it any more.
 *
 * The exit code is 0 when the call succeeded, 1 when it did not or was withdrawn, and 75 when it is not
 * known yet how it ends. A call that moves money is made only for who says yes.
 */
export function trigger(context: CommandContext): Promise<number> {
  const { argv, env, stdout } = context
  const reason = reasonTyped(argv.reason, false)
  return withRedis(context, async reader => {
    const { redis, keys } = reader
    const [schedule] = await selectSchedules(redis, keys, { schedule: String(argv.schedule) })
    if (schedule === undefined) throw new UserError('There is no such schedule', { exitCode: 2 })
    for (const remark of await remarks(redis, keys, schedule)) say(context, remark)
    if (!(await confirmed(context, schedule))) {
      say(context, 'not confirmed: no call was made')
      return ENDED
    }
    const answers = await Answers.open(redis, keys)
    const asking = lasting(redis)
    try {
      const outcome = await call({ context, reader, answers, asking, schedule, reason })
      if (typeof outcome === 'number') return outcome
      const format = argv.json === true ? 'ndjson' : 'table'
      stdout.write(runSheet(format, widthOf(stdout, env))([outcome]))
      return outcome.verdict === 'succeeded' ? 0 : ENDED
    } finally {
      asking.disconnect()
      answers.close()
    }
  })
}

/** Somebody who may not know what the call does is asked first; where nobody can be, it is not made. */
async function confirmed({ argv, ask }: CommandContext, { id, job }: Schedule): Promise<boolean> {
  if (REPEATABLE[job] || argv.yes === true) return true
  if (!ask) {
    throw new UserError(
      `${id} moves money, and there is no terminal to ask whether that is meant`,
      {
        hint: 'say so with --yes',
        exitCode: 2,
      },
    )
  }
  const said = await ask(`${printable(id)} moves money. Make one call now? (yes/no) `)
  return ['y', 'yes'].includes(said.trim().toLowerCase())
}

interface Call {
  context: CommandContext
  reader: Reader
  answers: Answers
  /** What the request, and its withdrawal, go through. */
  asking: Redis
  schedule: Schedule
  reason: string
}

/** A timer of more than 24.8 days would fire at once, ms. */
const LONGEST = 2 ** 31 - 1

/** The run that comes of it, or the exit code after saying why there is none. */
async function call(it: Call): Promise<Run | number> {
  const { context, reader, answers, asking, schedule, reason } = it
  const { keys, config } = reader
  const { prefix } = config.redis
  const { argv, signal } = context
  const within = Number(argv.within ?? WITHIN)
  const begun = Date.now()
  const limit = begun + Number(argv.wait ?? Number.POSITIVE_INFINITY)
  const id = randomUUID()
  const by = { by: operator(), via: 'command line' } as const
  const asked = {
    redis: asking,
    keys,
    prefix,
    schedule,
    id,
    reason,
    notAfter: begun + within,
    ...by,
  }
  const { at, withdraw } = await request(asked)
  const answer = async (until: number) => {
    // Not AbortSignal.timeout and .any: Node 20 may collect those, and then they never abort.
    const end = new AbortController()
    const abort = () => end.abort()
    const left = Math.max(Math.min(until, limit) - Date.now(), 0)
    const timer = setTimeout(abort, Math.min(left, LONGEST))
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    const stop = showWaiting(context, schedule.id)
    try {
      return await answers.to({ schedule: schedule.id, id, at }, end.signal)
    } finally {
      stop()
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  }
  const run = await answer(begun + within)
  if (run !== null) return run
  if (signal.aborted || Date.now() >= begun + within) {
    const withdrawn = await withdrawal(withdraw)
    if (withdrawn !== false || signal.aborted) {
      const why = signal.aborted ? '' : `no worker has made the call within ${span(within)}; `
      say(context, why + AFTERWARDS[`${withdrawn}`])
      return withdrawn === true ? ENDED : UNKNOWN
    }
    const late = await answer(Date.now() + config.timing.timeout + OVERHEAD)
    if (late !== null) return late
  }
  const waited = signal.aborted ? '' : `no result after ${span(Date.now() - begun)}; `
  say(context, waited + GOES_ON)
  return UNKNOWN
}

const GOES_ON = 'the call goes on, or may still be made: see hft-scheduler runs'

/** What is said of a request that is not waited for any longer, by what came of its withdrawal. */
const AFTERWARDS = {
  true: 'withdrawn: no call was made',
  false: 'a worker has it already: the call goes on; see hft-scheduler runs',
  null: 'Redis is out of reach, so it is not withdrawn; a worker takes it up no later than asked for',
}

function say({ stderr }: CommandContext, message: string): void {
  stderr.write(`${printable(message)}\n`)
}

/** Null when Redis does not answer in time. */
async function withdrawal(withdraw: () => Promise<boolean>): Promise<boolean | null> {
  const answered = new AbortController()
  const late = sleep(WITHDRAWAL, null, { signal: answered.signal }).catch(() => null)
  try {
    return await Promise.race([withdraw().catch(() => null), late])
  } finally {
    answered.abort()
  }
}

/** Shows on a terminal that something is waited for; returns how to end that. */
function showWaiting({ stderr }: CommandContext, what: string): () => void {
  if (stderr.isTTY !== true) return () => {}
  const since = Date.now()
  let width = 0
  const timer = setInterval(() => {
    const waited = Date.now() - since
    if (waited < QUIET) return
    const text = printable(`waiting for ${what}, ${Math.floor(waited / 1000)} s`)
    width = text.length
    stderr.write(`\r${text}`)
  }, 500)
  return () => {
    clearInterval(timer)
    if (width > 0) stderr.write(`\r${' '.repeat(width)}\r`)
  }
}
