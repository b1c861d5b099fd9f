export interface RetryQuestion {
  /** The attempt that just ended, counted from 1, and how many there may be. */
  attempt: number
  attempts: number
  /** First delay, ms; it doubles with every attempt. */
  backoff: number
  /** What the engine asked for, ms. */
  retryAfter: number | null
  now: number
  /** When the next slot is due, epoch ms; the newest slot wins. Infinity for a call by hand. */
  nextSlot: number
  /** In [0, 1): spreads the retries of many runs. */
  random: number
}

/** No delay doubles beyond this, ms. */
const LONGEST = 60_000

/** The delay before the next attempt, ms; null when there is none or it could not start before the next slot. */
export function nextRetry(question: RetryQuestion): number | null {
  const { attempt, attempts, backoff, retryAfter, now, nextSlot, random } = question
  if (attempt >= attempts) return null
  const doubled = Math.min(backoff * 2 ** (attempt - 1), LONGEST)
  const delay = Math.ceil(retryAfter ?? doubled * (0.5 + random / 2))
  return now + delay < nextSlot ? Math.max(delay, 1) : null
}
