import { QUEUE } from '../jobs.ts'
import { keysOf } from '../ledger/keys.ts'
import { about, type Finding, orFine } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, warning } = about('keys')

/** Keys that are looked at, at most: Redis may hold other programs' millions. */
const STEPS = 20
const STEP = 1000
/** Keys, or prefixes, that are named. */
const NAMED = 5

/** Are there keys under our prefix that are none of ours, or another deployment that is meant? */
export async function keys({ redis, config, keys: own }: Connected): Promise<Finding[]> {
  const { prefix } = config.redis
  const strange: string[] = []
  const others = new Set<string>()
  let cursor = '0'
  for (let step = 0; step < STEPS; step++) {
    const [next, found] = await redis.scan(cursor, 'COUNT', STEP)
    for (const key of found) {
      if (key.startsWith(`${prefix}:`)) {
        if (!isOurs(key, prefix)) strange.push(key)
      } else if (key.endsWith(':schedules') || key.endsWith(':declaration')) {
        others.add(key.slice(0, key.lastIndexOf(':')))
      }
    }
    cursor = next
    if (cursor === '0') break
  }
  const problems: Finding[] = []
  if (strange.length > 0) {
    const found = `${strange.length} keys under ${prefix} are none of ours: ${named(strange)}`
    problems.push(warning(found, 'let nothing else use this prefix'))
  }
  const empty = (await redis.exists(own.schedules)) === 0
  if (empty && others.size > 0) {
    const found = `nothing stands under ${prefix}, but under ${named([...others])}`
    problems.push(warning(found, 'is one of these meant? SCHEDULER_PREFIX (--prefix)'))
  }
  const beside = others.size === 0 ? '' : `; other deployments: ${named([...others])}`
  return orFine(problems, ok(`all under ${prefix} are ours${beside}`))
}

function isOurs(key: string, prefix: string): boolean {
  const known = Object.values(keysOf(prefix))
  return (
    key.startsWith(`${prefix}:${QUEUE}:`) ||
    known.some(name => (typeof name === 'string' ? key === name : key.startsWith(name(''))))
  )
}

function named(names: readonly string[]): string {
  const more = names.length - NAMED
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
