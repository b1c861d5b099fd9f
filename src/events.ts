import { EventEmitter } from 'node:events'
import type { Run } from './ledger/run.ts'

/**
 * Everything the system announces. Code announces, `logger.ts` (and later the metrics) subscribe;
 * docs/architecture.md lists the events. No event ever carries a password or a token.
 */
export interface EventMap {
  /** A run has ended, its verdict is in the ledger. */
  run: [Run]
  /** An attempt ended without a verdict and will be made again after `delay` ms. */
  retry: [{ schedule: string; slot: number | null; attempt: number; reason: string; delay: number }]
  /** A claimed slot was handed back unsent, for another worker. */
  'gave-back': [{ schedule: string; slot: number | null }]
  /** A call could not be recorded now; it is kept and tried again every `delay` ms. */
  'record-delayed': [{ schedule: string; slot: number | null; error: string; delay: number }]
  /** A producer wrote this schedule into Redis: new, changed or removed. */
  declared: [{ schedule: string; change: 'added' | 'changed' | 'removed' }]
  /** Somebody else declared other schedules later than we did: theirs count. */
  'declaration-superseded': [Differing]
  /** Other producers that live stand against what we would declare: `what` says why. */
  'declaration-refused': [Differing & { what: string }]
  /** Another producer, which lives, has other settings than what counts; and all agree again. */
  'producers-disagree': [Differing & { producer: string; since: number }]
  'producers-agree': [object]
  /** A part that was alone, or had another's name, is no more. */
  company: [{ part: string }]
  /** The reconciler put something right that had gone from Redis. */
  repaired: [{ schedule: string | null; what: string }]
  /** Slots that nobody ran were closed: `missed`, or `unknown` where a call may have been made. */
  closed: [{ schedule: string; from: number; to: number; count: number; verdict: string }]
  /**
   * The clock was set back: the books of so many schedules stood at `from` when it was `to` (epoch ms).
   * They are put right.
   */
  'clock-set-back': [{ from: number; to: number; schedules: number }]
  /**
   * Our clock, or Redis's, was set by `by` ms (below 0: back). Until `held` (epoch ms) calls that move
   * money are held, since a lease may have ended early; null where none has.
   */
  'clock-set': [{ part: string; whose: 'own' | 'Redis'; by: number; held: number | null }]
  /** Somebody paused a schedule or an engine, or gave another reason; `since` in epoch ms. */
  paused: [{ target: string; reason: string; since: number; by: string }]
  /** A pause has ended; null where nobody knows by whom, or why. */
  resumed: [{ target: string; by: string | null; reason: string | null }]
  /** A token was obtained from an engine. `life` in ms; null when the token does not say. */
  login: [{ engine: string; via: 'login' | 'refresh'; life: number | null }]
  /** An engine refused or failed a login; the next try is not before `retryAt` (epoch ms). */
  'login-failed': [{ engine: string; reason: string; retryAt: number }]
  /** A login to the dashboard failed; `until` (epoch ms): that address is not heard before. */
  'dashboard-refused': [{ address: string; until: number | null }]
  /** A process started or stopped doing its part. */
  started: [{ part: string; detail: string }]
  stopped: [{ part: string; detail: string }]
  /** A connection to Redis was lost, or is back. */
  'redis-lost': [{ part: string; error: string }]
  'redis-ready': [{ part: string }]
  /** Something to know that is no failure of a run, e.g. BullMQ's own errors. */
  warning: [{ part: string; message: string }]
}

/** Who declared what counts, and when (epoch ms); and what other settings say instead. */
interface Differing {
  by: string
  at: number
  differences: readonly string[]
}

export type Events = EventEmitter<EventMap>

export function createEvents(): Events {
  return new EventEmitter<EventMap>()
}
