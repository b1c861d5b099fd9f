import type { Events } from '../events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Run } from '../ledger/run.ts'
import type { EngineClient } from './engine/client.ts'
import type { Pace, Stop } from './hold.ts'
import type { Keeper } from './keeper.ts'
import type { Leases } from './lease.ts'

/** What every run of a worker has at hand; durations in ms. */
export interface Runner {
  leases: Leases
  ledger: Ledger
  events: Events
  engines: ReadonlyMap<string, EngineClient>
  /** The name, for people. */
  worker: string
  /** What tells this process from others of that name. */
  process: string
  timing: { timeout: number; settle: number }
  /** Everything but the call: the slot is `skipped`. */
  dryRun: boolean
  backoff: number
  /** Stop claiming: what is held and not sent goes back. */
  stopping: Stop
  pace: Pace
  /** The shutdown's time is over: calls in flight are abandoned. */
  ending: Stop
  keeper: Keeper
  /** Verdicts on their way to Redis. */
  writing: Set<Promise<unknown>>
  /** How long before the slot the lease is asked for, ms; told how long the answer took. */
  margin: { current(): number; observe(ms: number): void }
  /** Says what Redis refuses, but not again and again. */
  refused: (error: unknown) => void
}

/** How the handling of a claim ended. */
export type Ending =
  | { how: 'ended'; run: Run }
  | { how: 'retry'; delay: number; reason: string }
  | { how: 'gave-back' }
  /** Nothing to do: the slot has its verdict, was sent, is due no more, or nobody knows. */
  | { how: 'idle'; why: 'done' | 'sent' | 'superseded' | 'lost' }
