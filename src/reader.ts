import { type CommandContext, UserError } from './command.ts'
import type { Config } from './config.ts'
import { type Keys, keysOf } from './ledger/keys.ts'
import { connectRedis, type Redis, type RedisTarget, RedisUnreachable } from './redis.ts'

/** Exit code of a command that could not reach Redis. */
export const UNAVAILABLE = 69

export interface Reader {
  redis: Redis
  keys: Keys
  config: Config
}

/** Gives a command a connection to Redis for as long as `work` lasts; the exit code is `work`'s. */
export async function withRedis(
  context: CommandContext,
  work: (reader: Reader) => Promise<number>,
): Promise<number> {
  const { config, warnings } = context.load({ credentials: false })
  for (const warning of warnings) context.stderr.write(`warning: ${warning}\n`)
  const redis = await reach(config.redis)
  try {
    return await work({ redis, keys: keysOf(config.redis.prefix), config })
  } finally {
    redis.disconnect()
  }
}

/** A connection, or a message that says what to do. */
export async function reach(target: RedisTarget): Promise<Redis> {
  try {
    return await connectRedis(target)
  } catch (error) {
    if (!(error instanceof RedisUnreachable)) throw error
    throw new UserError(`Redis is out of reach at ${error.message}`, {
      hint:
        error.advice ?? 'set REDIS_URL (or --redis-url), or run this where `hft-scheduler up` runs',
      exitCode: UNAVAILABLE,
      cause: error,
    })
  }
}
