import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type CommandContext, UserError } from '../command.ts'
import { createEvents } from '../events.ts'
import { type Reader, UNAVAILABLE, withRedis } from '../reader.ts'
import { DATA_DIR, folderOfUp } from '../running-up.ts'
import { VERSION } from '../version.ts'

/**
 * Gives a command that reads a connection to Redis. Where none is set and none answers, and an `up`
 * has ended in this folder, its Redis is started for the reading, in a way that nothing is written.
 */
export async function withBooks(
  context: CommandContext,
  work: (reader: Reader) => Promise<number>,
): Promise<number> {
  let dir: string | null
  try {
    return await withRedis(context, work)
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode !== UNAVAILABLE) throw error
    dir = dataOf(context)
    if (dir === null) throw error
  }
  const goesOn = ['follow', 'watch'].find(name => context.argv[name] === true)
  if (goesOn !== undefined) {
    throw new UserError(`--${goesOn}: no up runs in this folder, so nothing comes in`, {
      hint: 'without it the command shows what the last one left',
      exitCode: UNAVAILABLE,
    })
  }
  return await reading(dir, context, work)
}

/** Where an `up` left its data, if Redis is where nobody said it was; else null. */
function dataOf({ load }: CommandContext): string | null {
  const { settings } = load({ credentials: false })
  const folder = folderOfUp(process.cwd())
  if (folder === null || settings.some(({ name, set }) => name === 'redis-url' && set)) return null
  const dir = join(folder, DATA_DIR)
  return existsSync(join(dir, 'redis', 'appendonlydir')) ? dir : null
}

async function reading(
  dir: string,
  context: CommandContext,
  work: (reader: Reader) => Promise<number>,
): Promise<number> {
  const { FolderError, lockFolder } = await import('../standalone/folder.ts')
  const { PrivateRedisError, startPrivateRedis } = await import('../standalone/private-redis.ts')
  try {
    // Locked: an up that starts meanwhile must not work on the same data.
    const folder = await lockFolder({ dir, version: VERSION })
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
