import { type Job, UnrecoverableError } from 'bullmq'
import { type Assignment, assignmentOf } from './assignment.ts'
import type { Payloads } from './payloads.ts'

/** What a claimed job asks for. Throws UnrecoverableError where nobody can say. */
export function claimedAssignment(options: {
  job: Job
  /** Of BullMQ's lock. */
  token: string
  payloads: Payloads
  /** ms */
  maxLateness: number
}): Assignment {
  const { job, token, payloads, maxLateness } = options
  const payload = payloads.read(job.data)
  if (payload === null || job.id === undefined) {
    throw new UnrecoverableError('no call was made: the data of this job are of no known version')
  }
  const { attemptsMade, timestamp, opts, id } = job
  const claimed = { id, attemptsMade, attempts: opts.attempts ?? 1, timestamp, token }
  const assignment = assignmentOf(payload, claimed, maxLateness)
  if (assignment === null) {
    throw new UnrecoverableError('no call was made: this job has no slot; use `trigger` instead')
  }
  return assignment
}
