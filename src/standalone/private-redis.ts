import { access, constants, readFile, realpath, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Events } from '../events.ts'
import { makeFolder } from './new-folder.ts'
import { askRedis } from './redis-answer.ts'
import { NO_SERVER, type RedisProcess, startRedisProcess } from './redis-process.ts'

export interface PrivateRedisOptions {
  /** The folder of its data and its log; made when it does not exist. */
  dir: string
  /** 0 or absent: any free port. */
  port?: number
  events: Pick<Events, 'emit'>
  /** Ends the start while the server does not answer yet. */
  signal?: AbortSignal
  /** Nothing is written, and no key expires: it is the replica of a server that there is not. */
  readOnly?: boolean
}

export interface PrivateRedis {
  port: number
  pid: number
  url: string
  /** Ends it in order; returns when it has ended. May be called twice. */
  stop(): Promise<void>
  /** Resolves when the server has ended, whoever ended it: with the last lines of its log. */
  exited: Promise<string>
}

/** The private Redis could not be started; the message says why in the reader's terms. */
export class PrivateRedisError extends Error {
  override readonly name = 'PrivateRedisError'
  readonly code: 'no-redis-server' | 'not-writable' | 'exited' | 'interrupted'

  constructor(code: PrivateRedisError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** How long a server may take to load its data before it answers, ms. */
const LOADING = 120_000

/**
 * A Redis of our own on 127.0.0.1 whose data survive a restart (append-only file, at most a second
 * lost when the machine fails) and that ends with this process. Rejects with PrivateRedisError.
 */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const dir = await writableFolder(options.dir)
  // Another program can take the port between its choice and the server's bind.
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await freePort())
    const redis = await start({ ...options, dir, port })
    if (typeof redis !== 'string') return redis
    if (options.signal?.aborted) {
      throw new PrivateRedisError('interrupted', 'stopped before the private Redis answered')
    }
    if (options.port || attempt === 3 || !redis.includes('Address already in use')) {
      throw new PrivateRedisError('exited', `redis-server ended at its start:\n${redis}`)
    }
  }
}

/** The running server, or the log of one that ended before it answered. */
async function start({
  dir,
  port,
  events,
  signal,
  readOnly = false,
}: PrivateRedisOptions & { port: number }): Promise<PrivateRedis | string> {
  const log = join(dir, 'redis.log')
  let logStart = await sizeOf(log)
  const server = await startRedisProcess(settings(dir, port, log, readOnly))
  if (server.pid === null) {
    const code = await server.exited
    if (code !== NO_SERVER) return server.output()
    throw new PrivateRedisError(
      'no-redis-server',
      'there is no redis-server or valkey-server on the PATH',
    )
  }
  const exited = server.exited.then(async code => {
    events.emit('stopped', { part: 'redis', detail: `port ${port}` })
    return (await lastLines(server, log, logStart)) || `exit code ${code}, nothing in its log`
  })
  const ready = await answers(server, port, signal)
  if (ready !== 'yes') {
    await server.stop()
    // Read to its end, also when the server ended a moment ago.
    if (ready === 'ended') return await exited
    return `no answer on port ${port} within ${LOADING / 1000} s`
  }
  // What it wrote on its way here would explain no later end.
  logStart = await sizeOf(log)
  events.emit('started', { part: 'redis', detail: `port ${port}, data in ${dir}` })
  const url = `redis://127.0.0.1:${port}`
  return { port, pid: server.pid, url, stop: () => server.stop(), exited }
}

function settings(dir: string, port: number, log: string, readOnly: boolean): string[] {
  return Object.entries({
    port: String(port),
    bind: '127.0.0.1',
    'protected-mode': 'yes',
    daemonize: 'no',
    dir,
    logfile: log,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    // Redis notices the end of a client's blocking wait at its clock tick only.
    hz: '100',
    'dynamic-hz': 'no',
    ...(readOnly ? { replicaof: '127.0.0.1 1', 'replica-read-only': 'yes' } : {}),
  }).flatMap(([name, value]) => [`--${name}`, value])
}

/** Whether our own server answers in time. Stops asking once it ended, or nobody waits any more. */
async function answers(
  server: RedisProcess,
  port: number,
  signal?: AbortSignal,
): Promise<'yes' | 'no' | 'ended'> {
  let ended = false
  void server.exited.finally(() => {
    ended = true
  })
  const deadline = Date.now() + LOADING
  while (!ended && !signal?.aborted && Date.now() < deadline) {
    // The process id tells it from a stranger who took the port a moment earlier.
    const answer = await askRedis(port, ['PING', 'INFO server']).catch(() => '')
    if (answer.startsWith('+PONG') && answer.includes(`process_id:${server.pid}\r\n`)) return 'yes'
    await sleep(20)
  }
  return ended ? 'ended' : 'no'
}

async function writableFolder(dir: string): Promise<string> {
  try {
    await makeFolder(dir)
    await access(dir, constants.W_OK | constants.X_OK)
    return await realpath(dir)
  } catch (cause) {
    throw new PrivateRedisError('not-writable', `cannot write in ${dir}: ${text(cause)}`, { cause })
  }
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    stats => stats.size,
    () => 0,
  )
}

async function lastLines(server: RedisProcess, log: string, from: number): Promise<string> {
  const logged = await readFile(log).catch(() => Buffer.alloc(0))
  const lines = `${server.output()}\n${logged.subarray(from).toString()}`.split('\n')
  return lines
    .filter(line => line.trim())
    .slice(-6)
    .join('\n')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
