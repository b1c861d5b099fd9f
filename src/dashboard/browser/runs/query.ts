import type { Run } from '../../../ledger/run.ts'
import { SYMBOLS, type VerdictName } from '../verdict.tsx'

/** What the page of runs is asked for, as its address has it; null where nothing is. */
export interface RunsQuery {
  schedule: string | null
  engine: string | null
  job: string | null
  /** None: all of them. */
  verdicts: readonly VerdictName[]
  /** The newest time, by its name in WINDOWS. */
  last: string | null
  /** Epoch ms. */
  from: number | null
  to: number | null
  /** Where the page begins; null for the newest. */
  cursor: string | null
}

export const VERDICTS = Object.keys(SYMBOLS) as VerdictName[]

/** Lengths of time to choose from, as the API and people read them. */
export const WINDOWS: Readonly<Record<string, string>> = {
  '15m': '15 min',
  '1h': '1 h',
  '24h': '24 h',
  '7d': '7 d',
}

/** What cannot be read counts as not given. */
export function queryOf(params: URLSearchParams): RunsQuery {
  const text = (name: string) => params.get(name) || null
  const time = (name: string) => {
    const given = Number(params.get(name) || Number.NaN)
    return Number.isSafeInteger(given) && given >= 0 ? given : null
  }
  const verdicts = (params.get('verdict') ?? '').split(',')
  const last = text('last')
  const window = last !== null && Object.hasOwn(WINDOWS, last) ? last : null
  return {
    schedule: text('schedule'),
    engine: text('engine'),
    job: text('job'),
    verdicts: VERDICTS.filter(verdict => verdicts.includes(verdict)),
    last: window,
    from: window === null ? time('from') : null,
    to: window === null ? time('to') : null,
    cursor: text('cursor'),
  }
}

/** The same for the API, without the page. */
export function filterOf(query: RunsQuery): Record<string, string | number | null> {
  const { schedule, engine, job, verdicts, last, from, to } = query
  return { schedule, engine, job, verdict: verdicts.join(','), from: last ?? from, to }
}

/** Would `run`, of which we just heard, be on the page? */
export function fits(run: Run, query: RunsQuery): boolean {
  const { schedule, engine, job, verdicts, from, to } = query
  const begin = run.slot ?? run.asked ?? run.at
  return (
    (schedule === null || run.schedule === schedule) &&
    (engine === null || run.engine === engine) &&
    (job === null || run.job === job) &&
    (verdicts.length === 0 || verdicts.includes(run.verdict)) &&
    (from === null || (run.to ?? begin) >= from) &&
    (to === null || begin <= to)
  )
}

/** Is the page narrowed in any way? */
export function narrowed({ cursor, verdicts, ...rest }: RunsQuery): boolean {
  return verdicts.length > 0 || Object.values(rest).some(value => value !== null)
}
