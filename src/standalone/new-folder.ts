import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder, for its owner alone, and those above it; fine when it is there. Rejects with the
 * system's error. Node's own recursion never ends under /proc, where a folder is there and refuses.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return
  await makeFolder(dirname(resolve(path)))
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    // Another one may have made it in the meantime.
    if (!(await isFolder(path))) throw error
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    stats => stats.isDirectory(),
    () => false,
  )
}
