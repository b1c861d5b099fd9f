import { expect, test, vi } from 'vitest'
import { expectTrue, type System, startSystem } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

/** A process whose clock is stepped by so many ms at SIGUSR2, and back at the next one. */
function stepped(ms: number): Record<string, string> {
  const code = `let off = 0; const now = Date.now; Date.now = () => now() + off
process.on('SIGUSR2', () => { off = off === 0 ? ${ms} : 0 })`
  const module = `data:text/javascript,${encodeURIComponent(code)}`
  return { NODE_OPTIONS: `--import ${module}` }
}

async function stepWorker(system: System, ms: number) {
  const worker = system.start('worker', stepped(ms))
  await worker.event('started')
  await system.ticking()
  worker.kill('SIGUSR2')
  const said = await worker.event('warning', ({ message }) => String(message).includes('clock'))
  expect(said.message).toContain(ms > 0 ? 'ahead of' : 'behind')
  await system.ticking()
  worker.kill('SIGUSR2')
  await system.ticking()
  await system.ticking()
}

test.each([5000, -5000])(
  'a clock stepped by %i ms beside a right one: warned of, no slot twice',
  async ms => {
    const system = await startSystem()
    await stepWorker(system, ms)
    await expectTrue(system)
  },
)

test('the only worker with a clock stepped back and forth: ticks go on', async () => {
  const system = await startSystem({ workers: 0 })
  await stepWorker(system, -3000)
  await expectTrue(system)
})
