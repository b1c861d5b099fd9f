import { expect, test, vi } from 'vitest'
import { startClock } from '../fixtures/clock.ts'
import { addsUp, allWorks, BOTH, calledAgain, isWhole, KEPT, SLOW, say } from './clocks.ts'
import { poll, startSystem } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

test.each([-120_000, 120_000])(
  "Redis's clock alone is set by %i ms, and back: calls go on, and it is said",
  async ms => {
    const clock = await startClock()
    const system = await startSystem({ redis: KEPT, clocks: { redis: clock }, env: BOTH })
    await calledAgain(system)
    await clock.set(ms)
    await system.workers[0]?.event('clock-set', ({ whose }) => whose === 'Redis')
    await calledAgain(system)
    await poll(async () => {
      const { code, said } = await say(system, null, 'status')
      return code === 3 && said.includes('that of Redis')
    })
    await clock.set(0)
    await calledAgain(system)
    isWhole(system)
    await addsUp(system, null)
    await allWorks(system, null)
  },
)

test.each([-120_000, -3_600_000, 120_000])(
  "the only worker's clock is set by %i ms, and back: it is said, calls go on when it is right",
  async ms => {
    const clock = await startClock()
    const system = await startSystem({ redis: KEPT, clocks: { worker: clock }, env: BOTH })
    await calledAgain(system)
    await clock.set(ms)
    await system.workers[0]?.event('clock-set', ({ whose }) => whose === 'own')
    await poll(async () => (await say(system, null, 'status')).code === 3)
    await clock.set(0)
    expect(await calledAgain(system, undefined, 1)).toBeLessThan(5000 * SLOW)
    await calledAgain(system)
    isWhole(system)
    await addsUp(system, null)
    await allWorks(system, null)
  },
)
