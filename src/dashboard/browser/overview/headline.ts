import { withoutPosition } from '../../../no-position.ts'
import type { Cell, OverviewView, ScheduleView } from '../../views.ts'
import { clock, span, wholeSpan } from '../times.ts'

/** Whether it works, in one sentence, and what to know besides. */
export interface Headline {
  tone: 'good' | 'look' | 'bad' | 'idle'
  text: string
  /** What needs a look, or stands still, one line each. */
  lines: string[]
}

/** Verdicts after which somebody should have a look, as for `hft-scheduler status`. */
const BAD: ReadonlySet<string> = new Set(['failed', 'unknown', 'missed'])
/** A schedule whose calls mostly leave later than this is not on time, ms. */
const LATE = 100
/** A schedule that ended nothing for so many of its intervals is silent, and at least this long, ms. */
const SILENT = { intervals: 3, least: 90_000 }

/** `now`: the server's clock. `lost`: since when the page hears nothing. */
export function headline(view: OverviewView, lost: number | null, now: number): Headline {
  const { schedules } = view
  const lines = [
    ...view.warnings.filter(isGeneral(schedules)),
    ...withoutPosition(schedules.map(ended)),
    ...schedules.flatMap(concerns(now)),
  ]
  if (lost !== null) return before(`This page has heard nothing since ${clock(lost)}`, lines)
  if (view.lostSince !== null) {
    return before(`Redis has not answered since ${clock(view.lostSince)}`, lines)
  }
  if (schedules.length === 0) {
    const text = 'Nothing is declared yet: start a producer (hft-scheduler producer)'
    return { tone: 'idle', text, lines: [] }
  }
  const general = view.warnings.filter(isGeneral(schedules))
  const look = schedules.filter(schedule => concerns(now)(schedule).length > 0)
  if (general.length > 0) return { tone: 'bad', text: sentence(general, look.length), lines }
  if (look.length > 0) {
    const some = `${look.length} of ${count(schedules.length)}`
    const which = schedules.length === 1 ? 'The schedule' : some
    const text = `${which} ${look.length === 1 ? 'needs' : 'need'} a look`
    return { tone: 'look', text, lines }
  }
  return well(schedules)
}

/** Does its newest slot ask for a look? One that is paused does not. */
export function needsLook(schedule: ScheduleView, now: number): boolean {
  return concerns(now)(schedule).length > 0
}

/** The newest slot that ended; calls by hand are none. */
export function lastOf({ cells }: ScheduleView): Cell | null {
  return cells.findLast(({ manual }) => !manual) ?? null
}

function well(schedules: readonly ScheduleView[]): Headline {
  const paused = schedules.filter(schedule => schedule.paused.length > 0)
  const active = schedules.length - paused.length
  if (active === 0) {
    return { tone: 'idle', text: `${all(paused.length)} paused: no calls are made`, lines: [] }
  }
  if (schedules.every(schedule => lastOf(schedule) === null)) {
    return { tone: 'idle', text: 'No slot has ended yet', lines: [] }
  }
  const late = schedules.filter(({ latenessP50 }) => (latenessP50 ?? 0) > LATE)
  const lines = late.map(
    ({ id, latenessP50 }) =>
      `${id}: half of its calls left more than ${span(latenessP50 ?? 0)} late`,
  )
  const how = late.length === 0 ? 'on time' : 'working, some late'
  const text =
    paused.length === 0
      ? `${all(active)} ${how}`
      : `${active} of ${count(schedules.length)} ${active === 1 ? 'is' : 'are'} ${how}, ${paused.length} paused`
  return { tone: late.length === 0 ? 'good' : 'look', text, lines }
}

function before(text: string, lines: string[]): Headline {
  return { tone: 'bad', text: `${text}: what stands here is from before`, lines }
}

function sentence(general: readonly string[], look: number): string {
  const [first = '', ...more] = general
  if (more.length === 0 && look === 0) return first.charAt(0).toUpperCase() + first.slice(1)
  return `${general.length + look} things need a look`
}

/** Those about the last slots of a schedule or an engine are told here from newer cells. */
function isGeneral(schedules: readonly ScheduleView[]): (warning: string) => boolean {
  const names = new Set(schedules.flatMap(({ id, engine }) => [id, engine]))
  return warning => !names.has(warning.split(': ', 1)[0] ?? '')
}

function ended(schedule: ScheduleView) {
  const { engine, paused } = schedule
  return { engine, paused: paused.length > 0, last: lastOf(schedule) }
}

function concerns(now: number): (schedule: ScheduleView) => string[] {
  return schedule => {
    const { id, interval, paused, flight } = schedule
    const last = lastOf(schedule)
    if (paused.length > 0 || last === null) return []
    if (BAD.has(last.verdict)) {
      return [`${id}: the last slot ended ${last.verdict} (${last.reason ?? 'no reason'})`]
    }
    if (last.verdict === 'engine-stopped') return [`${id}: its engine says that it is stopped`]
    if (flight?.settling) return [`${id}: ${KEPT_FREE} ${clock(flight.until)}`]
    if (last.verdict === 'skipped' && last.reason !== 'paused') {
      return [`${id}: the last slot was skipped (${last.reason ?? 'no reason'})`]
    }
    const quiet = now - last.at
    const most = Math.max(SILENT.least, SILENT.intervals * (interval ?? Number.POSITIVE_INFINITY))
    return flight === null && quiet > most
      ? [`${id}: no slot has ended for ${wholeSpan(quiet)}`]
      : []
  }
}

function all(schedules: number): string {
  return schedules === 1 ? 'The schedule is' : `All ${schedules} schedules are`
}

function count(schedules: number): string {
  return `${schedules} ${schedules === 1 ? 'schedule' : 'schedules'}`
}

const KEPT_FREE = 'an answer was lost, the engine may still be at it: no calls until'
