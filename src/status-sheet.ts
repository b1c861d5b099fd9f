import type { Overview } from './ledger/overview.ts'
import { named } from './namesakes.ts'
import type { Presence } from './presence.ts'
import type { RedisFacts } from './redis-facts.ts'
import { cadence } from './slots.ts'
import { jsonLine, moment, paint, printable, span, table, verdictTone } from './terminal.ts'
import { wrap } from './wrapping.ts'

/** What `status` found; `now` in epoch ms. */
export interface Standing {
  schedules: readonly Overview[]
  processes: readonly (Presence & { gone: boolean })[]
  facts: RedisFacts
  warnings: readonly string[]
  now: number
}

/** For programs: one object per line, told apart by `type`. */
export function statusLines({ schedules, processes, facts, warnings }: Standing): string {
  return [
    ...schedules.map(scheduleRecord),
    ...processes.map(process => ({ type: 'process', ...process })),
    { type: 'redis', ...facts },
    ...warnings.map(message => ({ type: 'warning', message })),
  ]
    .map(jsonLine)
    .join('')
}

function scheduleRecord(it: Overview): object {
  const { schedule, next, last, flight, paused } = it
  return {
    type: 'schedule',
    schedule: schedule.id,
    engine: schedule.engine,
    job: schedule.job,
    grid: schedule.grid,
    nextSlot: next,
    lastSlot: last?.slot ?? null,
    lastVerdict: last?.verdict ?? null,
    lastReason: last?.reason ?? null,
    lastAt: last?.at ?? null,
    inFlight: flight,
    paused,
    recentRuns: it.recent,
    latenessP50Ms: it.latenessP50,
    latenessP99Ms: it.latenessP99,
    successRate: it.successRate,
  }
}

/** For people; warnings first, since they are why somebody looks. */
export function statusSheet(standing: Standing, width = Infinity): string {
  const { schedules, processes, facts, warnings, now } = standing
  const parts = [
    warnings.map(message => wrap(paint.red(`! ${printable(message)}`), width)).join('\n'),
    schedules.length === 0 ? '' : table(SCHEDULE, schedules.map(row(now)), width),
    schedules
      .flatMap(it => [...flightLines(it, now), ...pauseLines(it)])
      .map(line => wrap(line, width))
      .join('\n'),
    processes.length === 0 ? '' : table(PROCESS, named(processes).map(processRow(now)), width),
    wrap(redisLine(facts), width),
  ]
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}

const SCHEDULE = ['schedule', 'slots', 'next', 'last', 'late p50/p99', 'succeeded']
const PROCESS = ['process', 'name', 'version', 'up', 'busy', 'runs', 'seen']

function row(now: number): (it: Overview) => string[] {
  return it => {
    const { schedule, next, paused, successRate } = it
    return [
      printable(schedule.id),
      printable(cadence(schedule.grid)),
      paused.length > 0 ? paint.yellow('paused') : next === null ? '-' : `in ${span(next - now)}`,
      lastRun(it, now),
      it.latenessP50 === null ? '-' : `${late(it.latenessP50)} / ${late(it.latenessP99)} ms`,
      successRate === null ? '-' : `${Number((successRate * 100).toFixed(1))} % of ${it.recent}`,
    ]
  }
}

function lastRun({ last }: Overview, now: number): string {
  if (last === null) return '-'
  const { verdict, reason, at } = last
  const text = reason === null ? verdict : `${verdict} (${printable(reason)})`
  return `${verdictTone(verdict)(text)} ${span(now - at)} ago`
}

function flightLines({ schedule, flight }: Overview, now: number): string[] {
  if (flight === null) return []
  const { since, settling, until, worker, fence } = flight
  const { id } = schedule
  if (settling) return [paint.yellow(printable(`${id} is kept free for ${span(until - now)}`))]
  const call = since === null ? 'is held' : `has been in flight for ${span(now - since)}`
  return [printable(`${id} ${call}, by ${worker}, fence ${fence}`)]
}

function late(ms: number | null): string {
  return ms === null ? '-' : String(Math.round(ms))
}

function pauseLines({ schedule, paused }: Overview): string[] {
  return paused.map(({ target, reason, since, by }) => {
    const which = target === schedule.id ? '' : ` with its engine ${target}`
    const text = `${schedule.id} has been paused${which} since ${moment(since)} by ${by}: ${reason}`
    return paint.yellow(printable(text))
  })
}

function processRow(now: number): (process: Standing['processes'][number]) => string[] {
  return ({ part, name, version, since, seen, busy, runs, gone }) => [
    part,
    printable(name),
    printable(version),
    span((gone ? seen : now) - since),
    String(busy ?? '-'),
    String(runs ?? '-'),
    gone ? paint.red(`gone, ${span(now - seen)} ago`) : `${span(now - seen)} ago`,
  ]
}

function redisLine({ address, version, memoryBytes, aof, policy, hz }: RedisFacts): string {
  const facts = [
    address,
    version === null ? null : printable(version),
    memoryBytes === null ? null : `${(memoryBytes / 2 ** 20).toFixed(1)} MiB`,
    aof === null ? null : aof ? 'AOF on' : paint.yellow('AOF off'),
    policy === null ? null : printable(policy),
    hz === null ? null : `hz ${hz}`,
  ]
  return `${paint.bold('Redis')}  ${facts.filter(fact => fact !== null).join(', ')}`
}
