import { expect, it } from 'vitest'
import { hold, holdExactly, Pace, Stop } from '../../src/worker/hold.ts'

it('waits until the moment, and never less', async () => {
  const stop = new Stop()
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const at = Date.now() + 1 + (index % 40)
      expect(await hold(at, stop)).toBe(true)
      expect(Date.now()).toBeGreaterThanOrEqual(at)
    }),
  )
})

it('goes on at once when the moment has passed', async () => {
  expect(await hold(Date.now(), new Stop())).toBe(true)
  expect(await hold(Number.NEGATIVE_INFINITY, new Stop())).toBe(true)
})

it('ends as soon as it is told to stop', async () => {
  const stop = new Stop()
  const holding = [hold(Date.now() + 60_000, stop), hold(Number.POSITIVE_INFINITY, stop)]
  stop.stop()
  stop.stop()
  expect(await Promise.all(holding)).toEqual([false, false])
  expect(stop.stopped).toBe(true)
  expect(await hold(Date.now() - 1, stop)).toBe(false)
})

it('waits exactly as often as its pace allows, and never less', async () => {
  const pace = new Pace()
  const stop = new Stop()
  for (let round = 0; round < 20; round++) {
    const at = Date.now() + 5
    expect(await holdExactly(at, stop, pace)).toBe(true)
    expect(Date.now()).toBeGreaterThanOrEqual(at)
  }
  expect([pace.take(1e6), pace.take(1e6 + 19), pace.take(1e6 + 20)]).toEqual([true, false, true])
  const holding = holdExactly(Date.now() + 60_000, stop, new Pace())
  stop.stop()
  expect(await holding).toBe(false)
})
