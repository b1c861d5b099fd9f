import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const State = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().min(1).max(65_535),
})

/** The URL of the private Redis of an `up` that runs in `folder`; null where none does. */
export function redisOfRunningUp(folder: string): string | null {
  try {
    const path = join(folder, '.hft-scheduler', 'up.json')
    const { pid, port } = State.parse(JSON.parse(readFileSync(path, 'utf8')))
    return alive(pid) ? `redis://127.0.0.1:${port}` : null
  } catch {
    // Missing, half written or not ours: nothing runs here that could be used.
    return null
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It lives, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
