import type { Run } from '../../../ledger/run.ts'

/** What a run's verdict means, in a sentence or two. */
export function meaningOf({ verdict, reason, job, manual, count }: Run): string {
  const next = manual ? 'Ask for another one if it is still wanted.' : NEVER
  switch (verdict) {
    case 'succeeded':
      return 'The engine answered 200, as agreed.'
    case 'failed':
      return 'It surely was not done, or the engine says that it went wrong. It was tried as often as the settings and the next slot allow.'
    case 'unknown':
      if (reason === 'ledger-lost') {
        return 'Redis has lost records, and this one may have been among them: it may have been executed.'
      }
      return job === 'update-engine'
        ? 'The call went out and its answer was lost: it may have been executed. It is not repeated, and no other one is made until the engine must be through with it.'
        : 'The call went out and its answer was lost: it may have been executed.'
    case 'engine-stopped':
      return 'The engine answered that it is stopped: a state, no error.'
    case 'skipped':
      return `Not called, on purpose: ${SKIPPED[reason ?? ''] ?? 'see the reason'}. ${next}`
    case 'missed':
      return `Nobody called in time: ${MISSED[reason ?? ''] ?? 'see the reason'}. ${count === undefined ? next : NEVER}`
    default:
      return verdict satisfies never
  }
}

const NEVER = 'A slot is never made up for; the next one is.'

const SKIPPED: Record<string, string> = {
  overlap: 'the call before was, or may have been, still in flight',
  paused: 'the schedule or its engine was paused',
}

const MISSED: Record<string, string> = {
  'not-run': 'no worker took it up',
  late: 'when a worker was there, it was too late for it',
}
