import type { Run } from '../../../ledger/run.ts'

/** What a run's verdict means, in a sentence or two. */
export function meaningOf({ verdict, reason, job, manual, count }: Run): string {
  const next = manual ? 'Ask for another one if it is still wanted.' : NEVER
  switch (verdict) {
    case 'succeeded':
      return 'The engine answered 200, as agreed.'
    case 'failed':
      if (reason === 'http-500') {
        return job === 'update-engine'
          ? 'The engine says that it went wrong: some of its steps may have been done. It is not repeated.'
          : 'The engine says that it went wrong. It was tried as often as the settings and the next slot allow.'
      }
      return 'It surely was not done, or the answer is of no use. It was tried as often as the settings and the next slot allow.'
    case 'unknown':
      if (reason === 'ledger-lost') {
        return 'Redis has lost records, and this one may have been among them: it may have been executed.'
      }
      if (reason === 'contract') {
        return 'The engine answered, but not as agreed: it was executed, and nobody knows how well. It is not repeated.'
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
  clock: 'a clock was set, so an earlier call may have been in flight',
  paused: 'the schedule or its engine was paused',
}

const MISSED: Record<string, string> = {
  'not-run': 'no worker took it up',
  late: 'when a worker was there, it was too late for it',
}
