import { createHash } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say } from './output.mjs'

/**
 * One set-up at a time in this folder. The lock of a process that has ended is no lock. It lies
 * beside the folder's other temporary things, since npm clears node_modules.
 */
export function lock(folder) {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const path = join(tmpdir(), `hft-scheduler-setup-${process.getuid?.() ?? 0}-${name}`)
  const own = `${path}.${process.pid}`
  writeFileSync(own, String(process.pid))
  let waited = false
  while (!linked(own, path)) {
    const holder = holderOf(path)
    if (holder === null) {
      dropStale(path, `${own}.stale`)
      continue
    }
    if (!waited) say(`Waiting for another set-up of this folder (process ${holder}) …`)
    waited = true
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
  unlinkSync(own)
  const release = () => rmSync(path, { force: true })
  process.once('exit', release)
  return release
}

function linked(from, to) {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** Another one may have replaced the stale lock by its own in the meantime: that one goes back. */
function dropStale(path, aside) {
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  if (holderOf(aside) !== null) linked(aside, path)
  unlinkSync(aside)
}

/** The process that holds the lock, null when it has ended. */
function holderOf(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return alive(pid) ? pid : null
  } catch {
    return null
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
