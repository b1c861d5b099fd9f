import { expect, test, vi } from 'vitest'
import { delay } from '../fixtures/behaviours.ts'
import { addsUp, allWorks, calledAgain, isWhole, machine, SLOW, say } from './clocks.ts'
import { crash, poll, STATS, UPDATE } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

test.each([120_000, 3_600_000])(
  'a machine that booted %i ms ahead and is corrected: calls go on at once',
  async ahead => {
    const { clock, system } = await machine(ahead)
    await clock.set(0)
    expect(await calledAgain(system, undefined, 1)).toBeLessThan(5000 * SLOW)
    const said = await system.producers[0]?.event('clock-set-back')
    expect(said?.message).toContain('the clock was set back')
    await calledAgain(system, undefined, 8)
    const { said: found } = await say(system, clock, 'doctor')
    expect(found).toContain('no books are ahead of now')
    expect(found).not.toContain('with other settings')
    isWhole(system)
    await addsUp(system, clock)
    await allWorks(system, clock)
  },
)

test('without a producer it is said when calls go on; one that starts declares anew and calls go on', async () => {
  const { clock, system } = await machine(120_000)
  await crash(system.producers[0])
  await clock.set(0)
  const { code, said } = await say(system, clock, 'status')
  expect(code).toBe(3)
  expect(said).toMatch(/the clock was set back: .* without one calls go on at \d/)
  expect((await say(system, clock, 'doctor')).said).toContain('ahead of now')
  const producer = system.start('producer', { SCHEDULER_INTERVAL: '0.4' })
  await producer.event('started')
  await calledAgain(system, undefined, 8)
  const steps = system.called(UPDATE).slice(-6)
  expect(steps.map((slot, index) => slot - (steps[index - 1] ?? slot - 400))).toEqual(
    steps.map(() => 400),
  )
  isWhole(system)
  await addsUp(system, clock)
})

test('a call under way when the clock is set back keeps its verdict, and others their distance', async () => {
  const { clock, system } = await machine(120_000, { SCHEDULER_TIMEOUT: '20' })
  system.engine.behave('/update-engine', delay(6000), 1)
  await system.engine.waitFor(() => system.engine.inFlight('/update-engine') === 1)
  const slot = await poll(async () => {
    const key = await system.redis.hget(system.keys.lease(UPDATE), 'key')
    return key !== null && system.called(UPDATE).at(-1) === Number(key) && Number(key)
  })
  await clock.set(0)
  await calledAgain(system, [STATS])
  await calledAgain(system, [UPDATE])
  isWhole(system)
  const [json = '{}'] = await system.redis.zrangebyscore(system.keys.ahead(UPDATE), slot, slot)
  expect(JSON.parse(json)).toMatchObject({ slot, verdict: 'succeeded' })
  await addsUp(system, clock)
  await allWorks(system, clock)
})

test('once what was passed before is over, slots lie where they did', async () => {
  const { clock, system } = await machine(8000)
  await clock.set(0)
  await calledAgain(system)
  expect(system.called(UPDATE).at(-1)).toSatisfy((slot: number) => slot % 500 === 1)
  await poll(async () => (system.called(UPDATE).at(-1) ?? 0) % 500 === 0)
  await calledAgain(system)
  isWhole(system)
  await addsUp(system, clock)
})

test('a clock that jumps ahead in a call whose worker is gone: no other one beside it', async () => {
  const env = { SCHEDULER_TIMEOUT: '4', SCHEDULER_SETTLE: '4' }
  const { clock, system } = await machine(0, env, 2)
  system.engine.behave('/update-engine', delay(7000), 1)
  await system.engine.waitFor(() => system.engine.inFlight('/update-engine') === 1)
  const caller = await poll(() => system.redis.hget(system.keys.lease(UPDATE), 'worker'))
  const [gone, other] = caller === 'worker-2' ? system.workers : [...system.workers].reverse()
  await crash(gone)
  await clock.set(120_000)
  const held = await other?.event('clock-set', ({ held }) => held !== null)
  expect(held?.message).toContain('calls that move money are held until')
  await poll(async () => {
    const { code, said } = await say(system, clock, 'status')
    return code === 3 && said.includes('--after-clock')
  })
  await calledAgain(system)
  isWhole(system)
  await addsUp(system, clock)
  const ranges = (await system.runs(UPDATE)).filter(run => (run.count ?? 1) > 200)
  expect(ranges).toMatchObject([{ verdict: 'missed' }])
  await allWorks(system, clock)
})

test('an operator who knows that no call is under way ends the waiting', async () => {
  const { clock, system } = await machine(0, { SCHEDULER_TIMEOUT: '60', SCHEDULER_SETTLE: '120' })
  await clock.set(120_000)
  const skipped = (run: { reason: string | null }) => run.reason === 'clock'
  await poll(async () => (await system.runs(UPDATE)).some(skipped))
  expect(await say(system, clock, 'resume', 'default', '--after-clock')).toMatchObject({ code: 0 })
  await calledAgain(system, [UPDATE])
  isWhole(system)
  await addsUp(system, clock)
})
