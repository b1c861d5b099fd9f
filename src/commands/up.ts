import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CommandContext, UserError } from '../command.ts'
import { commandHere } from '../command-here.ts'
import type { Config, Resolved } from '../config.ts'
import { Dashboard } from '../dashboard/dashboard.ts'
import { engineIsSet, TRIAL_INTERVAL } from '../engine-settings.ts'
import type { Checked } from '../health/check.ts'
import { Health } from '../health/health.ts'
import { PauseWatch } from '../pause-watch.ts'
import { Producer } from '../producer/producer.ts'
import { schedulesOf } from '../producer/schedules.ts'
import { address } from '../redis.ts'
import { DATA_DIR } from '../running-up.ts'
import { demandDatabase, openLog, serve } from '../service.ts'
import type { SettingName } from '../settings.ts'
import type { Generation } from '../simulation.ts'
import { cadence } from '../slots.ts'
import { FolderError, lockFolder } from '../standalone/folder.ts'
import { PrivateRedisError, startPrivateRedis } from '../standalone/private-redis.ts'
import { type SimulatedEngine, startSimulatedEngine } from '../standalone/simulated-engine.ts'
import { paint } from '../terminal.ts'
import { VERSION } from '../version.ts'
import { Worker } from '../worker/worker.ts'

/** Without its Redis nothing can be recorded any more, so the end waits no longer for it, ms. */
const LAST = 3000
/** A dashboard's port that nobody chose can be another one, of so many. */
const PORTS = 100

/**
 * Everything in one process until told to stop: a private Redis unless one is set, the simulated
 * engine unless one is set, the dashboard, producer and worker. What was opened is closed in reverse.
 */
export async function up(context: CommandContext): Promise<number> {
  const closers: (() => Promise<unknown> | unknown)[] = []
  const ended = new AbortController()
  let gone: string | null = null
  try {
    const first = context.load({ credentials: false })
    const simulating = !engineIsSet(first.settings)
    // What is wrong with the configuration of a real one is said before anything is started.
    if (!simulating) context.load({ credentials: true })
    if (isSet(first, 'redis-url')) await demandDatabase(first.config, context.signal)
    const log = openLog(context, { ...first, warnings: [] })
    closers.push(log.close)
    const { events } = log
    const defaults: Partial<Record<SettingName, unknown>> = {}
    if (!isSet(first, 'redis-url')) {
      const dir = String(context.argv['data-dir'])
      const folder = await lockFolder({ dir, version: VERSION })
      closers.push(() => folder.release())
      const { signal } = context
      const redis = await startPrivateRedis({ dir: folder.redisDir, events, signal })
      closers.push(() => redis.stop())
      await folder.announce(redis.port)
      defaults['redis-url'] = redis.url
      void redis.exited.then(lines => {
        gone = lines
        ended.abort()
      })
    }
    const engine = simulating ? await simulated(context) : null
    if (engine !== null) {
      closers.push(() => engine.close())
      defaults['api-host'] = engine.host
      defaults['api-port'] = String(engine.port)
      defaults.username = engine.username
      defaults.password = engine.password
      defaults.interval = TRIAL_INTERVAL
    }
    const resolved = context.load({ credentials: true }, defaults)
    const { config } = resolved
    for (const message of resolved.warnings) {
      events.emit('warning', { part: 'configuration', message })
    }
    const options = { config, events, version: VERSION }
    const signal = AbortSignal.any([context.signal, ended.signal])
    const parts: Record<string, Checked> = {}
    const health = new Health({ ...options, signal, parts })
    closers.push(() => health.stop())
    await health.start()
    // Before the first call is made: nothing trades that was to be watched and cannot be.
    const dashboard = new Dashboard({
      ...options,
      ports: isSet(first, 'dashboard-port') ? 1 : PORTS,
    })
    await dashboard.start()
    closers.push(() => dashboard.stop())
    if (isReadable(context, config)) {
      const shown = { config, engine, dashboard: dashboard.url, look: lookup(context, defaults) }
      context.stdout.write(banner(shown))
    }
    const [producer, worker] = [
      new Producer({ ...options, force: context.argv.force === true }),
      new Worker(options),
    ]
    Object.assign(parts, { dashboard, producer, worker })
    const serving = serve(signal, [new PauseWatch(options), producer, worker])
    await Promise.race([serving, once(ended.signal, 'abort').then(() => sleep(LAST))])
    if (gone !== null && !context.signal.aborted) {
      throw new UserError(`the private Redis has ended:\n${gone}`, {
        hint: 'its data are kept: start again',
        exitCode: 69,
      })
    }
    return 0
  } catch (error) {
    if (error instanceof PrivateRedisError && error.code === 'interrupted') return 0
    throw known(error)
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

function isSet({ settings }: Resolved, name: SettingName): boolean {
  return settings.some(setting => setting.name === name && setting.set)
}

function simulated({ argv }: CommandContext): Promise<SimulatedEngine> {
  return startSimulatedEngine({
    generation: argv['sim-generation'] as Generation,
    latency: argv['sim-latency'] as number,
    errorRate: argv['sim-error-rate'] as number,
  })
}

function isReadable({ stdout }: CommandContext, { log }: Config): boolean {
  return log.format === 'text' || (log.format === 'auto' && stdout.isTTY === true)
}

/** What can be typed to look, and where, or with what, it finds the Redis. */
function lookup(
  { argv, env }: CommandContext,
  defaults: Partial<Record<SettingName, unknown>>,
): string {
  const typed = `${commandHere(process.cwd(), env.PATH)} status | runs --follow | audit`
  const url = defaults['redis-url']
  if (url === undefined) return `${typed}, with the same settings`
  return `${typed}, ${argv['data-dir'] === DATA_DIR ? 'in this folder' : `with --redis-url ${url}`}`
}

interface Shown {
  config: Config
  engine: SimulatedEngine | null
  /** Its address. */
  dashboard: string
  look: string
}

function banner({ config, engine, dashboard, look }: Shown): string {
  const { redis, engines } = config
  const { hostname, port } = new URL(redis.url)
  const client = hostname === '127.0.0.1' ? paint.dim(`  redis-cli -p ${port || 6379}`) : ''
  const what = schedulesOf(config).map(({ id, grid }) => `${id} ${cadence(grid)}`)
  const where = engines.map(({ url }) => url).join(', ')
  const lines = [
    ['Redis', `${address(redis.url)}${client}`],
    ['engine', engine === null ? where : `${where} ${paint.dim('(simulated: no money moves)')}`],
    ...what.map((line, index) => [index === 0 ? 'schedules' : '', line]),
    ['dashboard', dashboard],
    ['look', look],
    ['end', 'Ctrl-C'],
  ]
  const rows = lines.map(([name = '', text]) => `  ${paint.bold(name.padEnd(10))} ${text}`)
  const dry = config.dryRun ? paint.yellow('  DRY RUN: no calls are made, slots are skipped') : ''
  return `${paint.bold(`hft-scheduler ${VERSION}`)}${dry}\n${rows.join('\n')}\n\n`
}

const HINTS: Record<string, { hint: string; exitCode: number }> = {
  'already-running': {
    hint: 'use it (hft-scheduler status), end it first, or choose another --data-dir',
    exitCode: 75,
  },
  leftover: {
    hint: 'end it, or, if it is something else, remove up.json from the data folder',
    exitCode: 75,
  },
  'not-writable': { hint: 'choose another --data-dir', exitCode: 73 },
  'no-redis-server': {
    hint: 'install it (apt-get install redis-server, brew install redis), or set REDIS_URL',
    exitCode: 69,
  },
  exited: { hint: `its log is ${join('<data-dir>', 'redis', 'redis.log')}`, exitCode: 69 },
}

/** What a user can put right, said so. */
function known(error: unknown): unknown {
  if (!(error instanceof FolderError || error instanceof PrivateRedisError)) return error
  return new UserError(error.message, { ...HINTS[error.code], cause: error })
}
