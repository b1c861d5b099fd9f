import type { Schedule } from './jobs.ts'
import { type Disagreement, sentenceOf } from './ledger/disagreements.ts'
import type { Run } from './ledger/run.ts'
import { namesakes, sameNames } from './namesakes.ts'
import { type Ended, withoutPosition } from './no-position.ts'
import { ABSENT, CLOCK_TOLERANCE, type Presence } from './presence.ts'
import { NO_AOF, type RedisFacts } from './redis-facts.ts'
import { isAhead } from './set-back.ts'
import { clock, span } from './terminal.ts'

/** How everything stands, as far as somebody may have to look after it. */
export interface Concerns {
  schedules: readonly {
    schedule: Pick<Schedule, 'id' | 'engine'> & { lead?: number }
    paused: readonly unknown[]
    last: Pick<Run, 'verdict' | 'reason'> | null
    /** How far its books are closed, epoch ms. */
    closed?: number | null
  }[]
  processes: readonly (Presence & { gone: boolean })[]
  facts: Pick<RedisFacts, 'policy' | 'aof'>
  disagreements: readonly Disagreement[]
}

/** Verdicts after which somebody should have a look. */
const BAD: ReadonlySet<string> = new Set(['failed', 'unknown', 'missed'])

/** What needs a look, in sentences; empty when everything works. A pause is meant, and no concern. */
export function warningsOf(concerns: Concerns): string[] {
  const { schedules, processes, facts, disagreements } = concerns
  const alive = processes.filter(({ gone }) => !gone)
  const parts = new Set(alive.map(({ part }) => part))
  return [
    ...(schedules.length === 0 ? ['nothing is declared in this Redis'] : []),
    ...(parts.has('producer') ? [] : [ABSENT.producer]),
    ...(parts.has('worker') ? [] : [ABSENT.worker]),
    ...disagreements.map(sentenceOf),
    ...namesakes(alive).map(sameNames),
    ...dryRuns(alive),
    ...alive.flatMap(wrongClock),
    ...alive.flatMap(({ part, name, lapses = [] }) => lapses.map(it => `${part} ${name}: ${it}`)),
    ...setBack(schedules),
    ...alive.flatMap(held),
    ...(facts.policy === null || facts.policy === 'noeviction'
      ? []
      : [`Redis may evict keys (maxmemory-policy ${facts.policy}): set it to noeviction`]),
    ...(facts.aof === false ? [NO_AOF] : []),
    ...schedules.flatMap(badEnd),
    ...withoutPosition(schedules.map(ended)),
  ]
}

/** A worker that makes no calls takes the slots of those that would. */
function dryRuns(alive: readonly Presence[]): string[] {
  const workers = alive.filter(({ part }) => part === 'worker')
  const dry = workers.filter(({ dryRun }) => dryRun).map(({ name }) => name)
  if (dry.length === 0) return []
  if (dry.length === workers.length) return ['a dry run: no calls are made']
  return [
    `${dry.join(', ')} makes no calls (--dry-run) and takes slots of workers that do: give a dry run a --prefix of its own`,
  ]
}

function wrongClock({ part, name, clock = 0 }: Presence): string[] {
  if (Math.abs(clock) <= CLOCK_TOLERANCE) return []
  const [direction, when] = clock > 0 ? ['ahead of', 'early'] : ['behind', 'late']
  const effect = part === 'worker' ? `: its slots come that much ${when}` : ''
  return [
    `the clock of ${part} ${name} is ${Math.abs(clock)} ms ${direction} that of Redis${effect}; keep the clocks in step (NTP)`,
  ]
}

function ended({ schedule: { engine }, paused, last }: Concerns['schedules'][number]): Ended {
  return { engine, paused: paused.length > 0, last }
}

/** Books that stand ahead of now: nothing is called before that time comes once more. */
function setBack(schedules: Concerns['schedules']): string[] {
  const now = Date.now()
  const ahead = schedules.filter(it => isAhead(it.closed ?? 0, it.schedule.lead ?? 0, now))
  if (ahead.length === 0) return []
  const until = Math.max(...ahead.map(({ closed }) => closed ?? 0))
  const those = ahead.length === 1 ? ahead[0]?.schedule.id : `${ahead.length} schedules`
  return [
    `the clock was set back: the books of ${those} stand ${span(until - now)} ahead of now; a producer puts this right within seconds, without one calls go on at ${clock(until)}`,
  ]
}

function held({ name, held = 0 }: Presence): string[] {
  if (held <= Date.now()) return []
  return [
    `Redis's clock was set ahead: worker ${name} makes no calls that move money before ${clock(held)}, when none from before can be under way; to say that none is: hft-scheduler resume <target> --after-clock`,
  ]
}

function badEnd({ schedule, paused, last }: Concerns['schedules'][number]): string[] {
  if (paused.length > 0 || last === null || !BAD.has(last.verdict)) return []
  return [`${schedule.id}: the last slot ended ${last.verdict} (${last.reason ?? 'no reason'})`]
}
