import { REPEATABLE } from '../jobs.ts'
import type { Assignment } from './assignment.ts'
import type { CallResult } from './engine/client.ts'
import type { Claim } from './lease.ts'
import { ended, markOf } from './record.ts'
import { nextRetry } from './retry.ts'
import type { Ending, Runner } from './runner.ts'

/**
 * Turns what came back into a verdict, or into one more attempt. A call that moves money is attempted
 * again only after a proof that nothing was executed.
 */
export async function conclude(
  runner: Runner,
  assignment: Assignment,
  claim: Claim,
  fence: number,
  result: CallResult,
): Promise<Ending> {
  const common = { result, fence, release: claim.token }
  switch (result.class) {
    case 'succeeded':
      return ended(runner, assignment, { ...common, verdict: 'succeeded', reason: null })
    case 'engine-stopped':
      return ended(runner, assignment, { ...common, verdict: 'engine-stopped', reason: null })
    case 'permanent':
    case 'token-rejected':
      return ended(runner, assignment, { ...common, verdict: 'failed', reason: result.reason })
    case 'unknown':
      if (REPEATABLE[assignment.job]) return retryOrFail(runner, assignment, claim, fence, result)
      // The engine may still be executing it: the lease stays until it expires.
      return ended(runner, assignment, {
        ...common,
        verdict: 'unknown',
        reason: result.reason,
        release: null,
      })
    case 'executed':
      // The engine has answered, so it is through: the lease goes.
      return ended(runner, assignment, {
        ...common,
        verdict: REPEATABLE[assignment.job] ? 'failed' : 'unknown',
        reason: result.reason,
      })
    case 'executed-badly':
      // Something was done, perhaps half of it: once more would be a second time.
      if (!REPEATABLE[assignment.job]) {
        return ended(runner, assignment, { ...common, verdict: 'failed', reason: result.reason })
      }
      return retryOrFail(runner, assignment, claim, fence, result)
    case 'not-executed':
      return retryOrFail(runner, assignment, claim, fence, result)
    default:
      return result satisfies never
  }
}

async function retryOrFail(
  runner: Runner,
  assignment: Assignment,
  claim: Claim,
  fence: number,
  result: Exclude<CallResult, { class: 'succeeded' }>,
): Promise<Ending> {
  const { attempt, attempts, nextSlot } = assignment
  const { backoff } = runner
  const { retryAfter, reason, status } = result
  const now = Date.now()
  const delay = nextRetry({
    attempt,
    attempts,
    backoff,
    retryAfter,
    now,
    nextSlot,
    random: Math.random(),
  })
  if (delay === null) {
    return ended(runner, assignment, {
      result,
      fence,
      release: claim.token,
      verdict: 'failed',
      reason,
    })
  }
  await runner.leases.release(
    claim,
    markOf(runner, claim, { state: 'not-executed', attempts: attempt, reason, status }),
  )
  runner.events.emit('retry', {
    schedule: assignment.schedule,
    slot: assignment.slot,
    attempt,
    reason,
    delay,
  })
  return { how: 'retry', delay, reason }
}
