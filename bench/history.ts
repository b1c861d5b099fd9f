import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { askRedis } from '../src/standalone/redis-answer.ts'
import { startDashboard } from '../test/fixtures/dashboard.ts'
import { startRedis } from '../test/fixtures/redis.ts'
import { configOf } from './deployment.ts'
import { ENGINE, fillPast, STEP } from './past.ts'

/**
 * How long a page waits for its charts while an engine has 100,000 points and 100,000 runs, what
 * that asks of Redis, and how long somebody else has to wait there meanwhile.
 */
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
const server = await startRedis()
const config = configOf({
  url: 'http://127.0.0.1:1',
  redis: server.url,
  interval: STEP,
  phases: [],
})
await fillPast(server.url)
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
