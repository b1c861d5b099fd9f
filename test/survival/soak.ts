import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { span } from '../../src/terminal.ts'
import { newSecret } from '../fixtures/routes.ts'
import { SoakBooks } from './soak-books.ts'
import { Crew } from './soak-crew.ts'
import { type SeenCall, watchEngine } from './soak-engine.ts'
import { describe, inject, type Target } from './soak-faults.ts'
import { type Fault, PRODUCERS, planRound, WORKERS } from './soak-plan.ts'
import { Recovery } from './soak-recovery.ts'
import { type Measures, progress, report } from './soak-report.ts'
import { Violations } from './soak-violations.ts'
import { type AtEnd, poll, STATS, startSystem, UPDATE } from './system.ts'

// Mixes faults at random into a whole deployment, and checks the invariants all the time:
//   npm run soak -- [--minutes 10] [--seed N] [--bail]
// The seed decides which faults come, and when. Exit code 0 when nothing was violated, else 1.

const INTERVAL = 500
/** How often the ledger is read while faults are injected, ms. */
const READ = 3000
/** In a quiet deployment ticks come within this, and processes end within this, ms. */
const QUIET = { ticking: 30_000, ending: 5000 }
/** What may grow: the worker's memory in MB after the first round, connections, keys beside the kept jobs. */
const MOST = { growth: 40, connections: 40, keys: 1500 }

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    bail: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const until = Date.now() + Number(values.minutes) * 60_000
const closers: (() => Promise<void>)[] = []
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
process.stdout.write(`seed ${seed}, ${values.minutes} min\n`)

const write = (text: string) => void process.stdout.write(text)
const violations = new Violations(seed, write)
if (values.bail) violations.onWritten = () => stop.abort()
try {
  await soak(close => closers.push(close))
} catch (error) {
  violations.add('I5', `the soak itself: ${(error as Error).stack}`)
} finally {
  for (const close of closers.reverse()) await close()
}
process.exitCode = violations.total === 0 && !stop.signal.aborted ? 0 : 1

async function soak(atEnd: AtEnd): Promise<void> {
  const secret = newSecret()
  const system = await startSystem(
    {
      // Acknowledged means written, so that a killed Redis forgets nothing; a power cut is no subject here.
      redis: { args: ['--appendonly', 'yes', '--appendfsync', 'no'], port: await quietPort() },
      engine: { port: await quietPort(), secret },
      ...{ workers: WORKERS, producers: PRODUCERS },
      env: {
        SCHEDULER_JOBS: 'update-engine,get-stats',
        SCHEDULER_INTERVAL: String(INTERVAL / 1000),
        // Short enough for a second and third attempt before the next slot.
        SCHEDULER_BACKOFF: '50ms',
      },
    },
    atEnd,
  )
  const recovery = new Recovery(violations)
  const crew = new Crew(system, violations)
  atEnd(async () => crew.close())
  let newest = 0
  let stopReading = () => {}
  atEnd(async () => stopReading())
  const onSuccess = ({ schedule, slot }: SeenCall) => {
    if (schedule !== UPDATE) return
    newest = Math.max(newest, slot)
    recovery.succeeded(slot)
  }
  const wasStopped = () => Date.now() - crew.continuedAt < 2000
  const engine = watchEngine(system.engine, { violations, seed, secret, onSuccess, wasStopped })
  atEnd(() => engine.close())
  const books = [UPDATE, STATS].map(schedule => {
    const grid = { interval: INTERVAL, phase: schedule === STATS ? INTERVAL / 2 : 0 }
    return new SoakBooks({ system, engine, violations, schedule, grid })
  })
  violations.look = slot => [
    ...books.flatMap(each => each.around(slot)),
    ...crew.logged(String(slot)).slice(0, 30),
  ]
  const target: Target = { system, crew, engine }
  const measures: Measures = { memory: [], keys: [], connections: [] }
  const begun = Date.now()
  const tell = progress(() => {
    const due = books.reduce((sum, each) => sum + each.due, 0)
    const counts = `${recovery.faults} faults, ${due} slots compared, ${engine.calls.length} calls`
    return `${span(Date.now() - begun)}: ${counts}, ${violations.total} violations`
  })
  atEnd(async () => tell.stop())

  await quiet()
  for (let round = 0; Date.now() < until && !stop.signal.aborted; round++) {
    await play(planRound(seed, round))
    await quiet()
  }
  await crew.endAll(QUIET.ending)
  await sleep(500)
  if (engine.open > 0) violations.add('I5', `${engine.open} connections are left at the engine`)
  await sleep(2500)
  write(report({ seed, took: Date.now() - begun, recovery, books, engine, measures, violations }))

  /** Injects the faults of a round at their times; resolves when all are healed. */
  async function play(faults: readonly Fault[]): Promise<void> {
    const from = Date.now()
    const healing: Promise<void>[] = []
    const reader = setInterval(() => void look().catch(() => 0), READ)
    stopReading = () => clearInterval(reader)
    for (const fault of faults) {
      await sleep(from + fault.at - Date.now(), undefined, { signal: stop.signal }).catch(() => 0)
      if (stop.signal.aborted) break
      healing.push((await begin(fault)).healed)
    }
    await Promise.all(healing)
    stopReading()
  }

  async function begin(fault: Fault): Promise<{ healed: Promise<void> }> {
    if (fault.kind === 'everything flushed') {
      await Promise.all(books.map(each => each.read()))
      for (const each of books) each.flushed()
    }
    violations.note(describe(fault))
    const ended = recovery.begin(fault.kind)
    const heal = await inject(target, fault)
    const healed = sleep(fault.lasts, undefined, { signal: stop.signal })
      .catch(() => 0)
      .then(heal)
      .then(() => {
        if (fault.lasts > 0) violations.note(`  over: ${describe(fault)}`)
        ended()
      })
    return { healed }
  }

  async function look(): Promise<void> {
    for (const each of books) await each.read()
  }

  /** Nothing is done to the deployment: it must tick, and its books must add up and be true. */
  async function quiet(): Promise<void> {
    violations.note('quiet')
    await crew.settled()
    const from = Date.now()
    await poll(async () => newest > from, QUIET.ticking).catch(() => {
      violations.add('I4', `no tick within ${QUIET.ticking} ms, though nothing is wrong`, from)
    })
    for (const each of books) await each.compare()
    measures.memory.push(await crew.memory())
    measures.keys.push(await system.redis.dbsize())
    measures.connections.push(engine.open)
    bound()
  }

  function bound(): void {
    const [settled = 0] = measures.memory.slice(1)
    const [memory = 0, keys = 0, open = 0] = [
      measures.memory.at(-1),
      measures.keys.at(-1),
      measures.connections.at(-1),
    ]
    const growth = settled === 0 ? 0 : memory - settled
    if (growth > MOST.growth) violations.add('I5', `a worker grew by ${growth.toFixed()} MB`)
    if (keys > MOST.keys) violations.add('I5', `${keys} keys in Redis`)
    if (open > MOST.connections) violations.add('I5', `${open} connections at the engine`)
  }
}

/** A port below those that outgoing connections take: one that is closed for a while stays ours. */
async function quietPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer()
    const free = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    await new Promise<void>(resolve => server.close(() => resolve()))
    if (free) return port
  }
}
