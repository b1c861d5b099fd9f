import type { JobName } from '../jobs.ts'
import type { Flight } from '../ledger/flight.ts'
import type { Pause } from '../ledger/pauses.ts'
import type { Run } from '../ledger/run.ts'
import type { Presence } from '../presence.ts'
import type { RedisFacts } from '../redis-facts.ts'

/**
 * What `/api` answers and the pages show: types alone, shared with the browser. Times are epoch ms,
 * durations ms, shares from 0 to 1; null where there is nothing to say.
 */

/** `/api/overview`, and what a page is sent first by `/api/live`. */
export interface OverviewView {
  /** The server's clock when this was put together. */
  now: number
  version: string
  /** May people act from here? */
  write: boolean
  /** Of every key in Redis. */
  prefix: string
  redis: RedisFacts
  /** Since when Redis has not answered; what else is here is from before. */
  lostSince: number | null
  engines: EngineView[]
  schedules: ScheduleView[]
  processes: ProcessView[]
  /** What needs a look, as `hft-scheduler status` says it. */
  warnings: string[]
}

export interface EngineView {
  id: string
  /** As its last answers had it. */
  state: 'running' | 'stopped' | 'unknown'
  /** When it said so. */
  stateAt: number | null
  /** One per worker that is logged in, or was refused. */
  tokens: TokenView[]
  paused: Pause | null
}

export interface TokenView {
  worker: string
  /** When the token was obtained; null when a login was refused since. */
  at: number | null
  /** How long it is good for; null when it does not say. */
  life: number | null
  /** Why the last login was refused, and when it is tried again. */
  refused: { reason: string; retryAt: number } | null
}

export interface ScheduleView {
  id: string
  engine: string
  job: JobName
  /** In words: `every 5 s`. */
  cadence: string
  /** Time between slots; null for a cron pattern. */
  interval: number | null
  next: number | null
  flight: Flight | null
  /** Its own pause, and its engine's. */
  paused: (Pause & { target: string })[]
  /** Of the slots in `cells`. */
  latenessP50: number | null
  latenessP99: number | null
  latenessMax: number | null
  /** What was skipped while paused does not count. */
  successRate: number | null
  books: BooksView
  /** The newest slots and calls by hand, oldest first; fewer than 120 where there are many schedules. */
  cells: Cell[]
}

/** How a slot ended, as its cell shows it. */
export type Cell = Pick<
  Run,
  | 'slot'
  | 'verdict'
  | 'reason'
  | 'latenessMs'
  | 'durationMs'
  | 'at'
  | 'manual'
  | 'asked'
  | 'count'
  | 'to'
>

/**
 * The sum of the books: `due` slots closed for good, and how many verdicts stand for them and for
 * those slots after `closed` that have ended already.
 */
export interface BooksView {
  since: number | null
  /** The newest slot that is closed for good. */
  closed: number | null
  due: number
  verdicts: Record<string, number>
}

export interface ProcessView extends Presence {
  /** Not heard of for 10 s. */
  gone: boolean
  /** Null until it has been watched for a moment. */
  runsPerMinute: number | null
}

/**
 * What `/api/live` sends (server-sent events, each a JSON object): `snapshot` first and after an
 * outage of Redis, `state` when something else than a run may have changed and at least every
 * 10 s, `runs` as they are recorded.
 */
export interface LiveEvents {
  snapshot: OverviewView
  /** Without the cells: those go on with `runs`. */
  state: Omit<OverviewView, 'schedules'> & { schedules: Omit<ScheduleView, 'cells'>[] }
  runs: Run[]
}

/** A run with what names it in addresses: its slot, or `m` and when a call by hand was asked. */
export type KeyedRun = Run & { key: string }

/** One page of the ledger, newest first. */
export interface RunsView {
  runs: KeyedRun[]
  /** Where the next page begins; null at the end. */
  next: string | null
  /** How far back was looked, epoch ms; a page can be empty and not the last. */
  searchedTo: number | null
}

/** `/api/runs/<engine>/<job>/<key>`: one run, and the keys of its schedule's runs around it. */
export interface RunView {
  run: KeyedRun
  previous: string | null
  next: string | null
}

/** What `POST /api/actions` answers. */
export interface ActedView {
  /** Of the action; runs that come of a `trigger` carry it as `request`. */
  id: string
  /** What whoever asked should know, e.g. that no worker is alive. */
  remarks: string[]
}

/** Something a person did. */
export interface ActionView {
  id: string
  at: number
  /** User name of the dashboard, or user@host of the command line. */
  by: string
  via: 'dashboard' | 'command line' | 'Bull Board'
  /** `pause`, `resume`, `trigger`, or what Bull Board was asked for. */
  action: string
  target: string
  reason: string
}

export interface ActionsView {
  actions: ActionView[]
  next: string | null
}

/** Series over time with one clock, thinned out; extremes stay. `columns` are as long as `at`. */
export interface SeriesView {
  engine: string
  from: number
  to: number
  /** Points in the window before thinning out. */
  total: number
  /** Older points of the window are still being read from Redis: ask again in a moment. */
  pending: boolean
  at: number[]
  columns: Record<string, (number | null)[]>
}

/** `/api/engines/<engine>/stats` */
export interface StatsView extends SeriesView {
  /** Every numeric field that the points have, also those that were not asked for. */
  fields: string[]
  /**
   * Whole numbers beyond 2^53, to which `columns` only come near, as texts of digits; null elsewhere.
   * Of the columns that have such numbers.
   */
  exact: Record<string, (string | null)[]>
  /** When `tokenID` changed: the position was rebalanced. A token beyond 2^53 is a text. */
  rebalances: { at: number; from: number | string; to: number | string }[]
  /**
   * On which scale the bounds of the range stand: the price's, that of 1/price, or another one. Null
   * without positions.
   */
  rangeScale: 'price' | 'inverse' | 'other' | null
  /** Share of the time within its range; null where nothing tells. */
  inRange: number | null
}

/**
 * `/api/engines/<engine>/calls`: columns `<schedule>:latenessMs` and `<schedule>:durationMs`, by slot,
 * null at the other schedules' slots and where no call was made.
 */
export interface CallsView extends SeriesView {
  schedules: string[]
}
