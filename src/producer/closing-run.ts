import type { Schedule } from '../jobs.ts'
import type { Mark } from '../ledger/mark.ts'
import type { Run } from '../ledger/run.ts'
import { nameOf } from '../process-name.ts'
import type { Closing } from './settlement.ts'

function reasonOf(verdict: Closing['verdict'], mark: Mark | null): string | null {
  if (verdict === 'missed') return 'not-run'
  if (mark === null) return 'ledger-lost'
  return verdict === 'unknown' ? 'worker-lost' : mark.reason
}

/** The run that stands for slots which the books closed at `at`, epoch ms. */
export function runOf(
  schedule: Schedule,
  { from, to, count, verdict, mark }: Closing,
  at: number,
): Run {
  return {
    schedule: schedule.id,
    engine: schedule.engine,
    job: schedule.job,
    slot: from,
    verdict,
    reason: reasonOf(verdict, mark),
    latenessMs: null,
    durationMs: null,
    attempts: mark?.attempts ?? 0,
    status: mark?.status ?? null,
    worker: mark === null || mark.worker === '' ? null : nameOf(mark.worker),
    at,
    ...(count > 1 ? { count, to } : {}),
  }
}
