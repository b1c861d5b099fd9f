import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CommandContext, UserError } from '../command.ts'
import type { Schedule } from '../jobs.ts'
import { lasting } from '../lasting.ts'
import { Answers, type Request } from '../ledger/answers.ts'
import type { Run } from '../ledger/run.ts'
import { operator } from '../operator.ts'
import { type Reader, withRedis } from '../reader.ts'
import { reasonTyped } from '../reason.ts'
import type { Redis } from '../redis.ts'
import { remarks } from '../remarks.ts'
import { runSheet } from '../run-sheet.ts'
import { selectSchedules } from '../selection.ts'
import { printable, span, widthOf } from '../terminal.ts'
import { trigger as ask } from '../trigger.ts'

/** Waiting shows after this long, ms. */
const QUIET = 2000
/** Redis has this long to let a request be withdrawn, ms. */
const WITHDRAWAL = 1500
/** Beside the call itself: login, connection, writing the verdict, ms. */
const OVERHEAD = 10_000

/**
 * Asks for one call now and prints how it ended; the exit code is 0 when it succeeded, else 1. What no
 * worker has taken within `--wait`, or before a signal, is withdrawn; what one has taken goes on.
 */
export function trigger(context: CommandContext): Promise<number> {
  const { argv, stdout } = context
  const reason = reasonTyped(argv.reason, false)
  return withRedis(context, async reader => {
    const { redis, keys } = reader
    const [schedule] = await selectSchedules(redis, keys, { schedule: String(argv.schedule) })
    if (schedule === undefined) throw new UserError('There is no such schedule', { exitCode: 2 })
    for (const remark of await remarks(redis, keys, schedule)) say(context, remark)
    const answers = await Answers.open(redis, keys)
    const asking = lasting(redis)
    try {
      const run = await call({ context, reader, answers, asking, schedule, reason })
      if (run === null) return 1
      const format = argv.json === true ? 'ndjson' : 'table'
      stdout.write(runSheet(format, widthOf(stdout, context.env))([run]))
      return run.verdict === 'succeeded' ? 0 : 1
    } finally {
      asking.disconnect()
      answers.close()
    }
  })
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

/** The run that comes of it, or null after saying why there is none. */
async function call(it: Call): Promise<Run | null> {
  const { context, reader, answers, asking, schedule, reason } = it
  const { keys, config } = reader
  const { prefix } = config.redis
  const wait = Number(context.argv.wait ?? 60_000)
  const id = randomUUID()
  const notAfter = Date.now() + wait
  const by = { by: operator(), via: 'command line' } as const
  const asked = { redis: asking, keys, prefix, schedule, id, reason, notAfter, ...by }
  const { at, withdraw } = await ask(asked)
  const request: Request = { schedule: schedule.id, id, at }
  const answer = async (ms: number) => {
    // Not AbortSignal.timeout and .any: Node 20 may collect those, and then they never abort.
    const end = new AbortController()
    const abort = () => end.abort()
    const timer = setTimeout(abort, ms)
    context.signal.addEventListener('abort', abort, { once: true })
    if (context.signal.aborted) abort()
    const stop = showWaiting(context, schedule.id)
    try {
      return await answers.to(request, end.signal)
    } finally {
      stop()
      clearTimeout(timer)
      context.signal.removeEventListener('abort', abort)
    }
  }
  const run = await answer(wait)
  if (run !== null) return run
  const stopped = context.signal.aborted
  const withdrawn = await withdrawal(withdraw)
  if (withdrawn !== false || stopped) {
    const why = stopped ? '' : `no result within ${span(wait)}; `
    say(context, why + AFTERWARDS[`${withdrawn}`])
    return null
  }
  const more = config.timing.timeout + OVERHEAD
  say(context, `a worker has it already: waiting up to ${span(more)} more for the result`)
  const late = await answer(more)
  if (late === null) say(context, 'no result yet; see hft-scheduler runs')
  return late
}

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
