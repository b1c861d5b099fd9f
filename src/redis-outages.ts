import type { Redis } from './redis.ts'
import { RedisRefusal } from './redis-connection.ts'
import { redisSentence } from './redis-errors.ts'

/**
 * Tells why a connection is lost, once for each outage, and again when it has become a refusal: the
 * first passes by itself, the second is for somebody to put right. Tells of the end of both.
 */
export function tellOutages(
  redis: Redis,
  tell: { lost: (why: string, error: Error) => void; ready: () => void },
): void {
  let lost = false
  let refused: string | null = null
  redis.on('error', error => {
    const why = isRefusal(error) ? redisSentence(error) : refused
    if (!lost || why !== refused) tell.lost(redisSentence(error), error)
    lost = true
    refused = why
  })
  redis.on('ready', () => {
    if (lost) tell.ready()
    lost = false
    refused = null
  })
}

function isRefusal(error: Error): boolean {
  return error instanceof RedisRefusal || /^(NOAUTH|WRONGPASS)/.test(error.message)
}
