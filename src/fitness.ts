import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from './config.ts'
import type { Events } from './events.ts'
import { queueErrors } from './queue-errors.ts'
import type { Redis } from './redis.ts'
import { infoOf, isOld, NO_AOF, OLDEST } from './redis-facts.ts'
import { lackingRights } from './rights.ts'

/** After Redis has refused what a service needs, ms. */
const AGAIN = 1000

export interface FitnessOptions {
  redis: Redis
  config: Pick<Config, 'redis'>
  events: Events
  part: string
}

/**
 * Whether a service can do its part in this Redis: throws what it may not do and must, announces what
 * else needs a look. Nothing is changed.
 */
export async function proveFit({ redis, config, events, part }: FitnessOptions): Promise<void> {
  const lacking = await lackingRights(redis, { prefix: config.redis.prefix, role: 'running' })
  if (lacking !== null && lacking.essential.length > 0) {
    throw new Error(`NOPERM this user of Redis lacks ${lacking.essential.join(' ')}`)
  }
  const less = lacking?.optional.join(' ') ?? ''
  if (less !== '') {
    const message = `this user of Redis lacks ${less}: all calls are made, but less is seen; see docs/operations.md`
    events.emit('warning', { part, message })
  }
  const info = await infoOf(redis)
  const version = info?.get('redis_version') ?? OLDEST
  if (isOld(version) && !info?.has('valkey_version')) {
    const message = `Redis ${version} is too old: install ${OLDEST} or later, or Valkey`
    events.emit('warning', { part, message })
  }
  if (info?.get('aof_enabled') === '0') events.emit('warning', { part, message: NO_AOF })
}

/** Resolves to true once it can, to false once stopped: nothing is begun that Redis would not let us end. */
export async function untilFit(options: FitnessOptions, stopped: () => boolean): Promise<boolean> {
  const refused = queueErrors(options.part, options.redis, options.events)
  while (!stopped()) {
    try {
      await proveFit(options)
      return !stopped()
    } catch (error) {
      refused(error)
      await sleep(AGAIN)
    }
  }
  return false
}
