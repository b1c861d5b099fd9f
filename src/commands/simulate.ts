import { once } from 'node:events'
import { type CommandContext, UserError } from '../command.ts'
import { commandHere } from '../command-here.ts'
import type { Config } from '../config.ts'
import { createEvents } from '../events.ts'
import { Health } from '../health/health.ts'
import { LastingLog, type Loss } from '../lasting-log.ts'
import { lost } from '../logger.ts'
import { brokenLog } from '../service.ts'
import type { SimulatedCall } from '../standalone/engine-app.ts'
import {
  type SimulatedEngine,
  type SimulatedEngineOptions,
  startSimulatedEngine,
} from '../standalone/simulated-engine.ts'
import { clock, dayMarks, paint } from '../terminal.ts'
import { VERSION } from '../version.ts'

/**
 * Runs the simulated engine alone, with one line per call, until told to stop. It accepts the
 * credentials that a worker with the same settings logs in with, where there are any.
 */
export async function simulate(context: CommandContext): Promise<number> {
  const { argv, stdout, signal } = context
  const notice = (loss: Loss) => `${lost(loss)}\n`
  const log = new LastingLog(stdout, { notice, onBroken: brokenLog(context) })
  const print = (line: string) => void log.write(`${line}\n`)
  context.onIgnored(print)
  const mark = dayMarks()
  const { config } = context.load({ credentials: false })
  const options: SimulatedEngineOptions = { ...inCamelCase(argv), ...credentials(config) }
  const engine = await start({ ...options, onCall: call => print(mark(call.at) + line(call)) })
  const health = healthOf(engine, config, signal)
  await health.start()
  print(`Simulated engine on ${engine.url}; it moves no money. Ctrl-C ends it. To call it:`)
  const { host, port } = engine
  const typed = commandHere(process.cwd(), context.env.PATH)
  // A password that the reader chose is known to the reader, and is nobody else's business.
  const password = options.password === undefined ? engine.password : '<the one you gave>'
  print(
    `  ${typed} up -u ${engine.username} -p '${password}' --api-host ${host} --api-port ${port}`,
  )
  if (!signal.aborted) await once(signal, 'abort')
  await engine.close()
  await health.stop()
  log.end()
  return 0
}

/** It has no connection and no rounds: where it listens, it is well. */
function healthOf({ url }: SimulatedEngine, config: Config, signal: AbortSignal): Health {
  const listening = { name: 'listening', probe: 'readyz', ok: true, detail: url } as const
  const parts = { simulate: { checks: () => [listening] } }
  return new Health({ config, events: createEvents(), version: VERSION, signal, parts })
}

/** `error-rate` as the engine calls it: `errorRate`. */
function inCamelCase(argv: CommandContext['argv']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(argv).map(([name, value]) => [
      name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
}

function credentials({ engines: [engine] }: Config): { username?: string; password?: string } {
  const { username, password } = engine ?? {}
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) }
}

async function start(options: SimulatedEngineOptions): Promise<SimulatedEngine> {
  try {
    return await startSimulatedEngine(options)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const place = `${options.host}:${options.port}`
    if (code === 'EADDRINUSE') {
      const hint = 'choose another one with --port, or 0 for any free one'
      const what = `port ${options.port} is taken by another program`
      throw new UserError(what, { hint, exitCode: 75, cause })
    }
    if (code === 'EACCES') throw new UserError(`not allowed to listen on ${place}`, { cause })
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      const hint = 'give an address of this machine with --host'
      throw new UserError(`cannot listen on ${place}: no such address here`, { hint, cause })
    }
    throw cause
  }
}

function line(call: SimulatedCall): string {
  const tone = call.status === null || call.status >= 500 ? paint.red : paint.plain
  const notes = [
    call.overlapped ? paint.red('  while another update was in flight') : '',
    call.abandoned ? paint.yellow('  client gone') : '',
  ]
  const status = tone(String(call.status ?? 'reset').padEnd(5))
  const route = `${call.method} ${call.path}`.padEnd(20)
  return `${clock(call.at)}  ${route}  ${status}  ${call.duration} ms${notes.join('')}`
}
