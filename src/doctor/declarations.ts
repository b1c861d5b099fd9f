import { isDeepStrictEqual } from 'node:util'
import { type Declared, declaredSchedules } from '../ledger/declared.ts'
import { disagreements, sentenceOf } from '../ledger/disagreements.ts'
import { presences } from '../presence.ts'
import { nameOf } from '../process-name.ts'
import { schedulesOf } from '../producer/schedules.ts'
import { cadence } from '../slots.ts'
import { span } from '../terminal.ts'
import { shifted } from '../ticks.ts'
import { about, type Finding, orFine } from './finding.ts'
import { many } from './plural.ts'
import { type Connected, hasEngine } from './subject.ts'

const { ok, warning } = about('declared')

const ADVICE = 'give all machines the same settings, then restart the producers'

/** Does Redis hold the schedules of this configuration? */
export async function declarations(subject: Connected): Promise<Finding[]> {
  const { redis, keys, config } = subject
  const [declared, entries] = await Promise.all([
    declaredSchedules(redis, keys),
    redis.hlen(keys.schedules),
  ])
  const problems: Finding[] = []
  if (entries > declared.size) {
    const found = `${entries - declared.size} entries of ${keys.schedules} are of another version, or garbage`
    problems.push(warning(found, 'run one version of producers; HDEL what is nobody’s'))
  }
  if (declared.size === 0) {
    return [...problems, warning(`nothing, under ${config.redis.prefix}`, 'start a producer')]
  }
  const present = await presences(redis, keys)
  for (const one of await disagreements(redis, keys, { present, declared })) {
    problems.push(warning(sentenceOf(one), ADVICE))
  }
  // What `up` declares by itself stands in no configuration.
  if (hasEngine(subject)) problems.push(...differences(subject, declared))
  return orFine(problems, ok(many(declared.size, 'schedule')))
}

function differences({ config }: Connected, declared: ReadonlyMap<string, Declared>): Finding[] {
  const wanted = schedulesOf(config)
  const ids = new Set(wanted.map(({ id }) => id))
  const missing = wanted
    .filter(({ id }) => !declared.has(id))
    .map(({ id }) => warning(`${id} is configured here, and nobody has declared it`, ADVICE))
  const others = wanted.flatMap(({ id, grid, lead }) => {
    const it = declared.get(id)
    if (it === undefined) return []
    const { schedule, by } = it
    // After the clock was set back it lies a moment later for a while.
    const own = shifted(schedule, 0)
    const same = isDeepStrictEqual(own.grid, grid) && schedule.lead === lead
    if (same) return []
    const theirs = `${cadence(schedule.grid)}, lead ${span(schedule.lead)}`
    const ours = `${cadence(grid)}, lead ${span(lead)}`
    return [
      warning(
        `${id} was declared by ${nameOf(by)} with other settings: ${theirs}; here ${ours}`,
        ADVICE,
      ),
    ]
  })
  const extra = [...declared.values()]
    .filter(({ schedule }) => !ids.has(schedule.id))
    .map(({ schedule, by }) => {
      return warning(`${schedule.id}, declared by ${nameOf(by)}, is not configured here`, ADVICE)
    })
  return [...missing, ...others, ...extra]
}
