import { expect, test, vi } from 'vitest'
import { expectTrue, poll, startSystem } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

/** Resolves `engine.test` to this machine, until SIGUSR2 and again after the next one. */
const RESOLVER = `import dns from 'node:dns'
const lookup = dns.lookup
let gone = false
process.on('SIGUSR2', () => { gone = !gone })
dns.lookup = (name, options, done) => {
  if (name !== 'engine.test') return lookup(name, options, done)
  if (!gone) return lookup('127.0.0.1', options, done)
  const error = new Error('getaddrinfo ENOTFOUND ' + name)
  process.nextTick(done, Object.assign(error, { code: 'ENOTFOUND', syscall: 'getaddrinfo' }))
}`

test('an engine whose name stops resolving: failed with the reason, and back with the name', async () => {
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(RESOLVER)}`
  const env = { SCHEDULER_ENGINEAPI_HOST: 'engine.test', NODE_OPTIONS }
  const system = await startSystem({ engine: { keepAlive: 0 }, env })
  await system.ticking()
  for (const worker of system.workers) worker.kill('SIGUSR2')
  await poll(async () => (await system.runs()).some(({ reason }) => reason === 'dns'))
  for (const worker of system.workers) worker.kill('SIGUSR2')
  await system.ticking()
  const runs = await expectTrue(system)
  expect(runs.filter(({ reason }) => reason === 'dns').every(run => run.verdict === 'failed')).toBe(
    true,
  )
})
