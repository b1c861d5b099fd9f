import { REPEATABLE } from '../jobs.ts'
import type { Mark } from '../ledger/mark.ts'
import type { Assignment } from './assignment.ts'
import { conclude } from './conclude.ts'
import type { CallResult } from './engine/client.ts'
import { EngineError } from './engine/errors.ts'
import { hold, holdExactly } from './hold.ts'
import type { Claim } from './lease.ts'
import { ended, markOf, uncalled } from './record.ts'
import type { Ending, Runner } from './runner.ts'

/** The lease outlives the call by this much, for what lies between asking and sending, ms. */
const SLACK = 2000
/** After Redis refused the question it is asked again so much later, ms. */
const REFUSED = 100
/** A busy lease is asked for once more this long before the slot, ms. */
const LAST_LOOK = 5

/**
 * One run: claim (done) → prepare → admit → hold until the slot → send → classify → record.
 * The lease is asked for in one atomic step just before the slot, so a worker that dies while it
 * waits leaves nothing behind, and nothing that waits for Redis stands between the slot and the send.
 */
export async function perform(runner: Runner, assignment: Assignment): Promise<Ending> {
  const { slot, engine, latest } = assignment
  const client = runner.engines.get(engine)
  if (client === undefined) {
    return ended(runner, assignment, { verdict: 'failed', reason: 'engine-not-configured' })
  }
  const prepared = client.prepare(slot ?? Date.now()).then(
    () => null,
    (error: unknown) => error,
  )
  const early = (slot ?? 0) - runner.margin.current()
  if (!(await hold(early, runner.stopping))) return gaveBack(runner, assignment)
  const obstacle = await prepared
  if (runner.stopping.stopped) return gaveBack(runner, assignment)

  const claim = claimOf(runner, assignment)
  const free = obstacle === null
  let admission = await admit(runner, assignment, claim, free)
  if (admission.answer === 'busy' && slot !== null) {
    if (!(await hold(slot - LAST_LOOK, runner.stopping))) return gaveBack(runner, assignment)
    admission = await admit(runner, assignment, claim, free)
  }
  switch (admission.answer) {
    case 'admitted':
      break
    case 'done':
    case 'sent':
    case 'superseded':
    case 'lost':
      return { how: 'idle', why: admission.answer }
    case 'paused':
      return uncalled(runner, assignment, 'skipped', 'paused')
    case 'busy':
      return uncalled(runner, assignment, 'skipped', 'overlap')
    case 'late':
      return uncalled(runner, assignment, 'missed', 'late')
    default:
      return admission satisfies never
  }

  const { fence, until, expires, mark } = admission
  if (!free) return conclude(runner, assignment, claim, fence, refusal(obstacle))
  const onTime = await holdExactly(slot ?? 0, runner.stopping, runner.pace)
  if (!onTime) {
    await runner.leases.release(claim, tried(runner, assignment, claim))
    return gaveBack(runner, assignment)
  }
  // The process may have been stopped or starved since: the answers of then do not hold now.
  if (Date.now() > latest || performance.now() > until) {
    return uncalled(runner, assignment, 'missed', 'late', claim.token)
  }
  if (runner.dryRun) return uncalled(runner, assignment, 'skipped', 'dry-run', claim.token)
  runner.keeper.keep(claim, { fence, mark, expires })
  const result = await client.call({
    job: assignment.job,
    idempotencyKey: `${assignment.schedule}@${slot ?? `manual-${assignment.key}`}`,
    fencingToken: fence,
  })
  if (result.class === 'unknown') runner.keeper.keep(claim, { fence, mark: null, expires })
  else runner.keeper.drop(claim.token)
  return conclude(runner, assignment, claim, fence, result)
}

/**
 * Asks for the lease, and marks the slot if its call is `free` to follow; `until` (of
 * performance.now) is when a send is no longer covered by the lease.
 */
async function admit(runner: Runner, assignment: Assignment, claim: Claim, free: boolean) {
  const { leases, timing, margin } = runner
  const { key, latest, attempt } = assignment
  for (;;) {
    const asked = performance.now()
    const ms = Math.max(key - Date.now(), 0) + SLACK + timing.timeout + timing.settle
    const sent = { attempts: attempt, state: 'sent', until: Date.now() + ms } as const
    const mark = free && !runner.dryRun ? markOf(runner, claim, sent) : null
    try {
      const admission = await leases.admit({ ...claim, late: Date.now() > latest }, ms, mark)
      margin.observe(performance.now() - asked)
      if (admission.answer !== 'admitted') return admission
      const expires = asked + ms
      return { ...admission, mark, expires, until: expires - timing.timeout - timing.settle }
    } catch (error) {
      // Redis refuses writes (out of memory, a demoted master): it may take them again in time.
      if (Date.now() > latest || runner.stopping.stopped) throw error
      const { message } = error as Error
      runner.refused(new Error(`${assignment.schedule}: no call: ${message}`, { cause: error }))
      await hold(Date.now() + REFUSED, runner.stopping)
    }
  }
}

function claimOf(runner: Runner, assignment: Assignment): Claim {
  const { schedule, engine, job, key, slot, token, revision } = assignment
  const repeatable = REPEATABLE[job]
  const worker = runner.process
  return {
    schedule,
    engine,
    key,
    manual: slot === null,
    token,
    worker,
    revision,
    repeatable,
    late: false,
  }
}

/** What stands of the attempts before this one. */
function tried(runner: Runner, { attempt }: Assignment, claim: Claim): Mark | null {
  if (attempt === 1) return null
  return markOf(runner, claim, { state: 'not-executed', attempts: attempt - 1 })
}

function gaveBack({ events }: Runner, { schedule, slot }: Assignment): Ending {
  events.emit('gave-back', { schedule, slot })
  return { how: 'gave-back' }
}

/** What a failed preparation means for the run; the call was surely not made. */
function refusal(obstacle: unknown): CallResult {
  if (obstacle instanceof EngineError)
    return { ...obstacle.classification, durationMs: 0, sentAt: null }
  throw obstacle
}
