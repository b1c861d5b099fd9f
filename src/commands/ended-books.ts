import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type CommandContext, UserError } from '../command.ts'
import { createEvents } from '../events.ts'
import { type Reader, UNAVAILABLE, withRedis } from '../reader.ts'
import { VERSION } from '../version.ts'

/** Where `up` keeps its data unless it is told otherwise. */
const FOLDER = '.hft-scheduler'

/**
 * Gives a command that reads a connection to Redis. Where none is set and none answers, and an `up`
 * has ended in this folder, its Redis is started for the reading, in a way that nothing is written.
 */
export async function withBooks(
  context: CommandContext,
  work: (reader: Reader) => Promise<number>,
): Promise<number> {
  try {
    return await withRedis(context, work)
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode !== UNAVAILABLE || !hasEnded(context)) {
      throw error
    }
  }
  const goesOn = ['follow', 'watch'].find(name => context.argv[name] === true)
  if (goesOn !== undefined) {
    throw new UserError(`--${goesOn}: no up runs in this folder, so nothing comes in`, {
      hint: 'without it the command shows what the last one left',
      exitCode: UNAVAILABLE,
    })
  }
  return await reading(context, work)
}

/** Is Redis where nobody said it was, and did an `up` leave its data in this folder? */
function hasEnded({ load }: CommandContext): boolean {
  const { settings } = load({ credentials: false })
  const given = settings.some(({ name, set }) => name === 'redis-url' && set)
  return !given && existsSync(join(FOLDER, 'redis', 'appendonlydir'))
}

async function reading(
  context: CommandContext,
  work: (reader: Reader) => Promise<number>,
): Promise<number> {
  const { FolderError, lockFolder } = await import('../standalone/folder.ts')
  const { PrivateRedisError, startPrivateRedis } = await import('../standalone/private-redis.ts')
  try {
    // Locked: an up that starts meanwhile must not work on the same data.
    const folder = await lockFolder({ dir: FOLDER, version: VERSION })
    try {
      context.stderr.write('no up runs in this folder: this is what the last one left\n')
      const events = createEvents()
      const redis = await startPrivateRedis({ dir: folder.redisDir, events, readOnly: true })
      const load: CommandContext['load'] = (needs, defaults) =>
        context.load(needs, { ...defaults, 'redis-url': redis.url })
      try {
        return await withRedis({ ...context, load }, work)
      } finally {
        await redis.stop()
      }
    } finally {
      await folder.release()
    }
  } catch (error) {
    if (!(error instanceof FolderError || error instanceof PrivateRedisError)) throw error
    throw new UserError(`what an up left in this folder cannot be read: ${error.message}`, {
      hint: 'hft-scheduler up reads it, and goes on with it',
      exitCode: UNAVAILABLE,
      cause: error,
    })
  }
}
