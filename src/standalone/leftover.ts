import { realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { identifyRedis } from './redis-answer.ts'

/** How long a Redis may take to say who it is, ms: it may be reading its data. */
const PATIENCE = 5000
/** How long it may take to end in order, ms. */
const ENDING = 5000

/** The process id of the Redis at that port when it works on that folder (0: it is too busy to say). */
export async function redisAt(port: number, redisDir: string): Promise<number | null> {
  const dir = await realpath(redisDir).catch(() => null)
  try {
    const redis = await identifyRedis(port)
    return redis && redis.dir === dir ? redis.pid : null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ETIMEDOUT' ? 0 : null
  }
}

/**
 * Ends the Redis of a process that has crashed, should it still run: the shell that does this needs a
 * moment, or has crashed as well. False when something there does not say whether it is one: two
 * servers on the same data would ruin it.
 */
export async function endLeftover(port: number, redisDir: string): Promise<boolean> {
  const patience = Date.now() + PATIENCE
  let pid = await redisAt(port, redisDir)
  while (pid === 0 && Date.now() < patience) pid = await redisAt(port, redisDir)
  if (pid === null) return true
  if (pid === 0) return false
  signal(pid, 'SIGTERM')
  const deadline = Date.now() + ENDING
  while (alive(pid)) {
    if (Date.now() > deadline) signal(pid, 'SIGKILL')
    await sleep(20)
  }
  return true
}

export function alive(pid: number): boolean {
  return signal(pid, 0)
}

/** false when there is no such process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
