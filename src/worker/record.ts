import type { Entry, Recorded, Stats } from '../ledger/ledger.ts'
import type { Mark } from '../ledger/mark.ts'
import type { Run, Verdict } from '../ledger/run.ts'
import { redisSentence } from '../redis-errors.ts'
import type { Assignment } from './assignment.ts'
import type { CallResult } from './engine/client.ts'
import { hold } from './hold.ts'
import type { Claim } from './lease.ts'
import type { Ending, Runner } from './runner.ts'

interface Outcome {
  verdict: Verdict
  reason: string | null
  result?: CallResult
  fence?: number
  release?: string | null
}

/** Writes the verdict before the job is completed: a lost completion cannot repeat the call. */
export async function ended(
  runner: Runner,
  assignment: Assignment,
  outcome: Outcome,
): Promise<Ending> {
  const { schedule, engine, job, slot, key, attempt, request } = assignment
  const { verdict, reason, result, fence, release = null } = outcome
  const called = result !== undefined && result.sentAt !== null
  const run: Run = {
    schedule,
    engine,
    job,
    slot,
    verdict,
    reason,
    latenessMs: called ? (result.sentAt ?? 0) - key : null,
    durationMs: called ? Math.round(result.durationMs * 10) / 10 : null,
    attempts: called ? attempt : attempt - 1,
    status: result?.status ?? null,
    worker: runner.worker,
    at: Date.now(),
    ...(request === null ? {} : { manual: true, asked: key, request }),
    ...(result !== undefined && 'detail' in result ? { detail: result.detail } : {}),
    ...(fence === undefined ? {} : { fence }),
  }
  const stats: Stats | null = result?.class === 'succeeded' ? result.stats : null
  const written = write(runner, { run, key, release, stats })
  // The record and the job's completion go out on one connection, in this order: the completion
  // need not wait for an answer that will be "recorded".
  if (verdict === 'succeeded') {
    runner.writing.add(written)
    void written.finally(() => runner.writing.delete(written))
    return { how: 'ended', run }
  }
  const recorded = await written
  if (recorded === 'recorded') return { how: 'ended', run }
  return { how: 'idle', why: recorded === 'second' ? 'done' : 'sent' }
}

/** Never rejects: null when the worker had to end before Redis took the verdict. */
async function write(runner: Runner, entry: Entry): Promise<Recorded | null> {
  try {
    const recorded = await record(runner, entry)
    if (recorded === 'recorded') runner.events.emit('run', entry.run)
    return recorded
  } catch (error) {
    const message = `a verdict could not be recorded: ${redisSentence(error)}`
    runner.events.emit('warning', { part: entry.run.schedule, message })
    return null
  }
}

/** The verdict of a run whose call was not made now: if an earlier attempt was, the run has failed. */
export function uncalled(
  runner: Runner,
  assignment: Assignment,
  verdict: 'skipped' | 'missed',
  reason: string,
  release: string | null = null,
): Promise<Ending> {
  const tried = assignment.attempt > 1
  return ended(runner, assignment, { verdict: tried ? 'failed' : verdict, reason, release })
}

/** A verdict is never given up: while Redis refuses the write, it is tried again every second. */
async function record(runner: Runner, entry: Entry): Promise<Recorded> {
  for (;;) {
    try {
      return await runner.ledger.record(entry)
    } catch (error) {
      if (runner.ending.stopped) throw error
      const { schedule, slot } = entry.run
      const delayed = { schedule, slot, error: redisSentence(error), delay: 1000 }
      runner.events.emit('record-delayed', delayed)
      await hold(Date.now() + 1000, runner.ending)
    }
  }
}

/** What stands in Redis of a call that has begun. */
export function markOf(
  { process }: Runner,
  { token }: Claim,
  rest: Pick<Mark, 'state' | 'attempts'> & Partial<Mark>,
): Mark {
  return { token, worker: process, at: Date.now(), reason: null, status: null, ...rest }
}
