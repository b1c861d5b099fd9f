import { namesakes, sameNames } from '../namesakes.ts'
import { ABSENT, CLOCK_TOLERANCE, isGone, type Presence, presences } from '../presence.ts'
import { span } from '../terminal.ts'
import { VERSION } from '../version.ts'
import { about, type Finding, orFine } from './finding.ts'
import { many } from './plural.ts'
import type { Connected } from './subject.ts'

const { ok, warning } = about('processes')

/** Is somebody there who declares and calls, of one version, in step with Redis? */
export async function processes({ redis, keys }: Connected): Promise<Finding[]> {
  const now = Date.now()
  const all = await presences(redis, keys)
  const alive = all.filter(it => !isGone(it, now))
  const gone = all.filter(it => isGone(it, now))
  const [producers, workers] = [of('producer', alive), of('worker', alive)]
  const problems = [
    ...absent(producers, workers),
    ...gone.map(({ part, name, seen }) => {
      const found = `${part} ${name} was last heard of ${span(now - seen)} ago`
      return warning(found, 'did it crash, or lose Redis? Look at its log')
    }),
    ...namesakes(alive).map(all => {
      return warning(sameNames(all), 'the runs of one cannot be told from those of the other')
    }),
    ...versions(alive),
    ...alive.flatMap(clock),
    ...alive.flatMap(lapsed),
    ...dryRuns(workers),
    ...workers.flatMap(refusals),
  ]
  const found = `${many(producers.length, 'producer')} and ${many(workers.length, 'worker')}, version ${VERSION}`
  return orFine(problems, ok(found))
}

function of(part: Presence['part'], all: readonly Presence[]): Presence[] {
  return all.filter(presence => presence.part === part)
}

function absent(producers: readonly Presence[], workers: readonly Presence[]): Finding[] {
  return [
    ...(producers.length > 0 ? [] : [warning(ABSENT.producer, 'hft-scheduler producer')]),
    ...(workers.length > 0 ? [] : [warning(ABSENT.worker, 'hft-scheduler worker')]),
  ]
}

function versions(alive: readonly Presence[]): Finding[] {
  const others = alive.filter(({ version }) => version !== VERSION)
  return others.map(({ part, name, version }) => {
    const found = `${part} ${name} is version ${version}, this is ${VERSION}`
    return warning(found, 'run one version everywhere, restart what is older')
  })
}

function clock({ part, name, clock = 0 }: Presence): Finding[] {
  if (Math.abs(clock) <= CLOCK_TOLERANCE) return []
  const found = `the clock of ${part} ${name} is ${span(Math.abs(clock))} ${clock > 0 ? 'ahead of' : 'behind'} that of Redis`
  return [warning(found, 'keep the clocks in step (chrony, systemd-timesyncd)')]
}

function lapsed({ part, name, lapses = [] }: Presence): Finding[] {
  const advice = 'see Rights in Redis in docs/operations.md'
  return lapses.map(lapse => warning(`${part} ${name}: ${lapse}`, advice))
}

function dryRuns(workers: readonly Presence[]): Finding[] {
  const dry = workers.filter(({ dryRun }) => dryRun)
  return dry.map(({ name }) => {
    const found = `worker ${name} makes no calls (--dry-run), and takes slots all the same`
    return warning(found, 'end it, or give it a --prefix of its own')
  })
}

function refusals({ name, tokens = [] }: Presence): Finding[] {
  return tokens.flatMap(({ engine, refused }) => {
    if (refused === null) return []
    const found = `worker ${name} cannot log in to ${engine}: ${refused.reason}`
    return [warning(found, 'compare its user name and password with those of the engine')]
  })
}
