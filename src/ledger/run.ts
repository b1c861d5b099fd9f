import { z } from 'zod'
import { JOBS } from '../jobs.ts'

/** How a slot can end. */
export const VERDICTS = [
  'succeeded',
  'failed',
  'unknown',
  'engine-stopped',
  'skipped',
  'missed',
] as const
export type Verdict = (typeof VERDICTS)[number]

/** One run as the ledger keeps it. Times are epoch ms, durations ms, null where it does not apply. */
export const Run = z.object({
  schedule: z.string(),
  engine: z.string(),
  job: z.enum(JOBS),
  /** null for a call made by hand, which is no slot. */
  slot: z.number().nullable(),
  verdict: z.enum(VERDICTS),
  /** A short code, e.g. `http-503`, `time-out`, `overlap`, `paused`; null when it succeeded. */
  reason: z.string().nullable(),
  latenessMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  attempts: z.number().int().nonnegative(),
  /** The HTTP status of the last answer. */
  status: z.number().int().nullable(),
  worker: z.string().nullable(),
  /** When the verdict was written. */
  at: z.number(),
  /** A call made by hand. */
  manual: z.literal(true).optional(),
  /** When a call by hand was asked: what it is filed under. */
  asked: z.number().optional(),
  /** Which request for a call by hand this answers. */
  request: z.string().optional(),
  /** Above 1 for a long gap: this many slots, `slot` being the first and `to` the last. */
  count: z.number().int().positive().optional(),
  to: z.number().optional(),
  /** What a person needs to see of an error; no secrets, at most 300 characters. */
  detail: z.string().optional(),
  /** The fencing token that went with the call. */
  fence: z.number().optional(),
})
export type Run = z.infer<typeof Run>
