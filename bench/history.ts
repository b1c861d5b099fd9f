import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createEvents } from '../src/events.ts'
import { keysOf } from '../src/ledger/keys.ts'
import { createRedis } from '../src/redis.ts'
import { askRedis } from '../src/standalone/redis-answer.ts'
import { revisionOf } from '../src/ticks.ts'
import { startDashboard } from '../test/fixtures/dashboard.ts'
import { startRedis } from '../test/fixtures/redis.ts'
import { configOf } from './deployment.ts'

/**
 * How long a page waits for its charts while an engine has 100,000 points and 100,000 runs, what
 * that asks of Redis, and how long somebody else has to wait there meanwhile.
 */
const COUNT = 100_000
const STEP = 5000
const PREFIX = '{bench}'
const ENGINE = 'bench'
const PINGS = `
  const { parentPort, workerData } = require('node:worker_threads')
  const socket = require('node:net').connect(workerData, '127.0.0.1').setNoDelay()
  let longest = 0
  let sent
  const send = () => { sent = performance.now(); socket.write('PING\\r\\n') }
  socket.once('data', () => parentPort.postMessage('ready'))
  socket.on('connect', send)
  socket.on('data', () => { longest = Math.max(longest, performance.now() - sent); setTimeout(send, 1) })
  parentPort.on('message', () => parentPort.postMessage(longest))
`
const end = Math.floor(Date.now() / STEP) * STEP
const slotOf = (index: number) => end - (COUNT - 1 - index) * STEP

const server = await startRedis()
const config = configOf({
  url: 'http://127.0.0.1:1',
  redis: server.url,
  interval: STEP,
  phases: [],
})
await fill()
const dashboard = await startDashboard(null, { config })
try {
  for (const what of ['stats', 'calls']) {
    console.log(what)
    await measure('first request, 15 min', `${what}?from=15m`)
    await measure('all at once after it', `${what}?from=all`)
    await measure('all, until nothing is pending', `${what}?from=all`, true)
    await measure('all again', `${what}?from=all`)
    await measure('15 min again', `${what}?from=15m`)
    const fresh = await startDashboard(null, { config })
    await measure('a cold start with all', `${what}?from=all`, false, fresh)
    await fresh.close()
    await measure('download of all as CSV', `${what}.csv?from=all`)
  }
  console.log(`memory of this process: ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`)
} finally {
  await dashboard.close()
  await server.stop()
}

/** As the workers and the books leave it. */
async function fill() {
  const keys = keysOf(PREFIX)
  const redis = createRedis({ url: server.url, ca: null }, 'bench', createEvents())
  const grid = { interval: STEP, phase: 0 }
  const job = 'update-engine' as const
  const id = `${ENGINE}/${job}`
  const schedule = { id, engine: ENGINE, job, grid, lead: 250, revision: '' }
  const declared = { ...schedule, revision: revisionOf(schedule) }
  const at = slotOf(0) - 1
  const epochs = JSON.stringify([{ from: at, to: null, grid }])
  await redis.hset(keys.schedules, id, JSON.stringify({ schedule: declared, by: 'bench', at }))
  await redis.hset(keys.books(id), { since: at, closed: slotOf(COUNT - 3), epochs })
  for (let begin = 0; begin < COUNT; begin += 1000) {
    const commands = redis.pipeline()
    for (let index = begin; index < begin + 1000; index++) {
      const slot = slotOf(index)
      const run = {
        ...{ schedule: id, engine: ENGINE, job, slot, verdict: 'succeeded', reason: null },
        ...{ latenessMs: index % 977 === 0 ? 180 : (index % 7) / 2, durationMs: 20 + (index % 90) },
        ...{ attempts: 1, status: 200, worker: 'host-1', at: slot + 40, fence: index },
      }
      commands.zadd(keys.runs(id), slot, JSON.stringify(run))
      const fields = Object.entries(position(index)).flatMap(([name, value]) => [
        name,
        JSON.stringify(value),
      ])
      commands.xadd(keys.stats(ENGINE), `${slot + 40}-0`, 'slot', slot, 'job', job, ...fields)
    }
    await commands.exec()
  }
  redis.disconnect()
}

/** All fields of an engine's answer. */
function position(index: number) {
  const hash = `0x${index.toString(16).padStart(64, 'a')}`
  const price = 1950 + 80 * Math.sin(index / 700) + (index % 13)
  return {
    ...{ tick_lower: -200_040, tick_upper: -199_440, tick_current: -199_700 + (index % 300) },
    ...{ tick_initial: -199_740, range_lower: 1890.123456789, range_upper: 2010.987654321 },
    ...{ price_current: price, price_initial: 1950.5, tokenID: 7000 + Math.floor(index / 4000) },
    ...{ tx_mint: hash, tx_swap: hash, tx_decrease: null, tx_collect: null, tx_burn: null },
    ...{ is_open: true, last_update: '2026-11-23 12:00:00' },
  }
}

async function measure(name: string, path: string, wait = false, from = dashboard) {
  const before = await commandsOf()
  const pings = await pinging()
  const begin = performance.now()
  let size = 0
  let pending = false
  let text = ''
  do {
    text = await (await from.get(`api/engines/${ENGINE}/${path}`)).text()
    size = text.length
    pending = path.includes('.csv') ? false : JSON.parse(text).pending
  } while (wait && pending)
  const took = performance.now() - begin
  const longest = await pings.stop()
  const after = await commandsOf()
  const count = after.count - before.count
  const each = count === 0 ? 0 : (after.worked - before.worked) / count
  const what = path.includes('.csv')
    ? `${text.split('\n').length - 2} lines`
    : `${JSON.parse(text).total} points as ${JSON.parse(text).at.length}`
  console.log(
    `  ${name}: ${took.toFixed(0)} ms, ${what}${pending ? ' (pending)' : ''}, ${(size / 1024).toFixed(0)} KiB,`,
    `${count} commands of ${each.toFixed(2)} ms, PING waited ${longest.toFixed(1)} ms at most`,
  )
}

/** Somebody else at the same Redis, in a thread of its own: how long did it wait at most, ms? */
async function pinging() {
  const thread = new Worker(PINGS, { eval: true, workerData: server.port })
  await once(thread, 'message')
  return {
    async stop(): Promise<number> {
      const answer = once(thread, 'message')
      thread.postMessage('stop')
      const [longest] = await answer
      await thread.terminate()
      return longest
    },
  }
}

/** What was asked of Redis so far, but for ourselves, and how long it worked at that, ms. */
async function commandsOf(): Promise<{ count: number; worked: number }> {
  const stats = await askRedis(server.port, ['INFO commandstats'])
  const sum = { count: 0, worked: 0 }
  for (const [, name = '', calls, us] of stats.matchAll(
    /cmdstat_([^:]+):calls=(\d+),usec=(\d+)/g,
  )) {
    if (name === 'info' || name === 'ping') continue
    sum.count += Number(calls)
    sum.worked += Number(us) / 1000
  }
  return sum
}
