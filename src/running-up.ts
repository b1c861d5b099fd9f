import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const State = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().min(1).max(65_535),
})

/** An `up` that runs. */
export interface RunningUp {
  /** Where it was started. */
  folder: string
  /** Of its private Redis. */
  url: string
}

/** Where `up` keeps its data, in the folder where it is started. */
export const DATA_DIR = '.hft-scheduler'

/** The `up` that runs in a folder, or in the one above it that {@link folderOfUp} finds; null where none does. */
export function runningUp(from: string): RunningUp | null {
  const folder = folderOfUp(from)
  return folder === null ? null : runningIn(folder)
}

/**
 * The folder, or the nearest one above it, that has data of an `up`, as git looks for its own; null
 * where there is none. Above, only what is ours counts: others can write in /tmp.
 */
export function folderOfUp(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const owner = ownerOf(join(folder, DATA_DIR))
    if (owner !== null) return folder === from || owner === process.getuid?.() ? folder : null
    if (folder === dirname(folder)) return null
  }
}

/** Null where there is no such folder. */
function ownerOf(folder: string): number | null {
  try {
    const found = statSync(folder)
    return found.isDirectory() ? found.uid : null
  } catch {
    return null
  }
}

function runningIn(folder: string): RunningUp | null {
  try {
    const path = join(folder, DATA_DIR, 'up.json')
    const { pid, port } = State.parse(JSON.parse(readFileSync(path, 'utf8')))
    return alive(pid) ? { folder, url: `redis://127.0.0.1:${port}` } : null
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
