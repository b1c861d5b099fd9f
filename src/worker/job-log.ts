import { Job, type Worker } from 'bullmq'
import type { Run } from '../ledger/run.ts'
import type { Ending } from './runner.ts'

/** So many lines stay with a job. */
const KEEP = 50

export interface Told {
  queue: Worker
  job: Job
  ending: Ending
  worker: string
}

/**
 * Says on the job, for Bull Board, what its result does not. It is not waited for: what BullMQ writes
 * next goes out on the same connection after it.
 */
export function logEnding({ queue, job, ending, worker }: Told): void {
  const said = noteworthy(ending)
  if (said === null || job.id === undefined) return
  const line = `${new Date().toISOString()} ${worker}: ${said}`
  // The job may have gone: its verdict stands in the ledger.
  Job.addJobLog(queue, job.id, line, KEEP).catch(() => 0)
}

/** Null where the job's result says it all: a line costs a command. */
export function noteworthy(ending: Ending): string | null {
  switch (ending.how) {
    case 'idle':
      return null
    case 'retry':
      return `this attempt failed (${ending.reason}), again in ${ending.delay} ms`
    case 'gave-back':
      return 'given back unsent: this worker stops'
    case 'ended': {
      const { verdict, reason, detail } = ending.run
      if (verdict !== 'failed' && verdict !== 'unknown') return null
      return [verdict, reason, detail].filter(part => part).join(': ')
    }
    default:
      return ending satisfies never
  }
}

/** What Bull Board shows on the job of a run. */
export function summaryOf(run: Run) {
  const { verdict, reason, slot, latenessMs, durationMs, status, attempts } = run
  return { verdict, reason, slot, latenessMs, durationMs, status, attempts }
}
