import type { Redis } from './redis.ts'
import { isDenial } from './redis-errors.ts'

/** Stands in the answer to INFO where Redis does not let this user ask. */
export const FORBIDDEN = 'info_forbidden'

/**
 * Goes on where INFO is forbidden, and so do its duplicates: BullMQ asks it for the version and gives
 * up without, ioredis for whether Redis is loading. HELLO, which nobody needs a right to, says the version.
 */
export function withoutInfo(redis: Redis): Redis {
  const info = redis.info.bind(redis)
  const duplicate = redis.duplicate.bind(redis)
  const version = async (error: unknown) => {
    if (!isDenial(error)) throw error
    const said = (await redis.call('HELLO')) as unknown[]
    return `redis_version:${said[said.indexOf('version') + 1]}\r\n${FORBIDDEN}:1\r\n`
  }
  const ask = (...given: unknown[]) => {
    const tell = given.find(one => typeof one === 'function')
    const sections = given.filter(one => one !== tell) as string[]
    const asked = info(...sections).catch(version)
    if (tell) asked.then(text => tell(null, text), tell as (error: unknown) => void)
    return asked
  }
  return Object.assign(redis, {
    info: ask as Redis['info'],
    duplicate: (override?: Parameters<typeof duplicate>[0]) => withoutInfo(duplicate(override)),
  })
}
