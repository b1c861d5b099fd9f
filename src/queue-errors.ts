import type { Events } from './events.ts'
import type { Redis } from './redis.ts'
import { redisSentence } from './redis-errors.ts'

/** The same message is said once within this, ms. */
const REPEAT = 60_000

/**
 * What to do with the errors of a part's queue and rounds: announces them as warnings, but not the
 * ones of an outage, which `redis-lost` has announced, and not again and again.
 */
export function queueErrors(part: string, redis: Redis, events: Events): (error: unknown) => void {
  const said = new Map<string, number>()
  return error => {
    if (redis.status !== 'ready') return
    const message = redisSentence(error)
    const now = Date.now()
    for (const [text, at] of said) if (now - at > REPEAT) said.delete(text)
    if (said.has(message)) return
    said.set(message, now)
    events.emit('warning', { part, message })
  }
}
