import { randomUUID } from 'node:crypto'
import { constants, copyFile, link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { DATA_DIR, runningUp } from '../running-up.ts'
import { alive, endLeftover, redisAt } from './leftover.ts'
import { makeFolder } from './new-folder.ts'

/** What stands in `up.json`: who runs in this folder, and where its Redis listens. */
const State = z.object({
  /** Whose it is: in containers on one folder all have the same process id. */
  id: z.string().optional(),
  pid: z.number().int().positive(),
  /** null until the Redis answers. */
  port: z.number().int().positive().nullable(),
  /** Epoch ms. */
  startedAt: z.number(),
  version: z.string(),
})
type State = z.infer<typeof State>

/** The folder cannot be had; the message says why in the reader's terms. */
export class FolderError extends Error {
  override readonly name = 'FolderError'
  readonly code: 'already-running' | 'leftover' | 'not-writable'

  constructor(code: FolderError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export interface LockedFolder {
  /** Where its private Redis keeps data and log. */
  redisDir: string
  /** Lets other commands in this folder find the Redis. Rejects when the lock was lost. */
  announce(port: number): Promise<void>
  /** Gives the folder back. May be called twice. */
  release(): Promise<void>
}

/** How long a process may take from its lock to its Redis, ms. */
const STARTING = 150_000

/**
 * Takes a data folder for this process, so that two never write the same data. The lock of a
 * process that has crashed is taken over, after its Redis, should it still run, was ended.
 * None is had below the folder of one that runs, unless it was chosen. Rejects with FolderError.
 */
export async function lockFolder(options: { dir: string; version: string }): Promise<LockedFolder> {
  if (options.dir === DATA_DIR) expectNoneAbove()
  const redisDir = join(options.dir, 'redis')
  const path = join(options.dir, 'up.json')
  const own: State = {
    id: randomUUID(),
    pid: process.pid,
    port: null,
    startedAt: Date.now(),
    version: options.version,
  }
  const draft = `${path}.${own.id}`
  try {
    await makeFolder(options.dir)
    await writeFile(draft, text(own))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FolderError('not-writable', `cannot write in ${options.dir}: ${reason}`, { cause })
  }
  try {
    if (!(await linked(draft, path))) await takeOver(draft, path, own, redisDir)
  } finally {
    await rm(draft, { force: true })
  }
  return {
    redisDir,
    async announce(port) {
      await expectOwn(path, own)
      await writeFile(draft, text({ ...own, port }))
      await rename(draft, path)
    },
    async release() {
      if (isOwn(await read(path), own)) await rm(path, { force: true })
    },
  }
}

/** Two, one above the other, would call one engine, and nobody would know which one commands find. */
function expectNoneAbove(): void {
  const above = runningUp(process.cwd())
  if (above === null || above.folder === process.cwd()) return
  throw new FolderError('already-running', `another one runs in ${above.folder}, above this folder`)
}

/** A link is made whole or not at all, so of two at once only one gets the folder. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error
      // A file system without links: a copy is nearly as good.
      return copyFile(draft, path, constants.COPYFILE_EXCL)
    })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function takeOver(draft: string, path: string, own: State, redisDir: string) {
  const holder = await read(path)
  if (holder && (await runs(holder, redisDir))) throw running(holder)
  if (holder?.port && !(await endLeftover(holder.port, redisDir))) {
    const what = `what listens on port ${holder.port} does not answer`
    throw new FolderError(
      'leftover',
      `${what}: it may be the Redis of an earlier one, which still has its data here`,
    )
  }
  await rename(draft, path)
  // Two may take over at once: the later one has the file, the earlier one sees it here.
  await sleep(50)
  await expectOwn(path, own)
}

async function runs(holder: State, redisDir: string): Promise<boolean> {
  if (!alive(holder.pid)) return false
  // Process ids come round again, in containers at once.
  if (holder.pid === process.pid && holder.startedAt < performance.timeOrigin) return false
  if (holder.port === null) return Date.now() - holder.startedAt < STARTING
  return (await redisAt(holder.port, redisDir)) !== null
}

async function expectOwn(path: string, own: State): Promise<void> {
  const holder = await read(path)
  if (!isOwn(holder, own)) throw running(holder)
}

function isOwn(holder: State | null, own: State): boolean {
  return holder?.id === own.id
}

/** null when there is none, or none that can be read: it then keeps nobody out. */
async function read(path: string): Promise<State | null> {
  try {
    return State.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return null
  }
}

function running(holder: State | null): FolderError {
  const who = holder
    ? `pid ${holder.pid}${holder.port ? `, Redis on port ${holder.port}` : ''}`
    : ''
  return new FolderError('already-running', `another one runs in this folder (${who})`)
}

function text(state: State): string {
  return `${JSON.stringify(state)}\n`
}
