import { expect } from 'vitest'
import { startClock, type TestClock } from '../fixtures/clock.ts'
import { poll, STATS, type System, startSystem, UPDATE } from './system.ts'

export const BOTH = { SCHEDULER_JOBS: 'update-engine,get-stats' }
/** Without an append-only file `status` finds fault with Redis. */
export const KEPT = { args: ['--appendonly', 'yes'] }
/** On a machine that is ten times slower for a while. */
export const SLOW = 4

/** Everything lives by one clock, as on one machine. */
export async function machine(ahead: number, env: Record<string, string> = {}, workers = 1) {
  const clock = await startClock(ahead)
  const clocks = { redis: clock, worker: clock, producer: clock }
  const system = await startSystem({ clocks, workers, redis: KEPT, env: { ...BOTH, ...env } })
  await calledAgain(system)
  return { clock, system }
}

/** Resolves once the engine has been called `times` more for each; to how long that took, ms. */
export async function calledAgain(system: System, schedules = [UPDATE, STATS], times = 3) {
  const began = performance.now()
  await Promise.all(
    schedules.map(async schedule => {
      const before = system.called(schedule).length
      await poll(async () => system.called(schedule).length >= before + times)
    }),
  )
  return performance.now() - began
}

/** What a command says, and its exit code. */
export async function say(system: System, clock: TestClock | null, ...typed: string[]) {
  const { code, stdout, stderr } = await system.place.run(typed, { ...system.env, ...clock?.env })
  return { code, said: stdout + stderr }
}

/** `status` finds that all works, in the end. */
export async function allWorks(system: System, clock: TestClock | null) {
  await poll(async () => (await say(system, clock, 'status')).code === 0)
}

/** No two updates overlapped, and no slot was called twice. */
export function isWhole(system: System): void {
  expect(system.engine.maxInFlight('/update-engine')).toBe(1)
  for (const schedule of [UPDATE, STATS]) {
    const called = system.called(schedule)
    expect(new Set(called).size).toBe(called.length)
  }
}

/** `audit` finds nothing that nobody answers for; what is asked at the moment of a verdict, again. */
export async function addsUp(system: System, clock: TestClock | null) {
  await poll(async () => {
    const { code, said } = await say(system, clock, 'audit', '--json')
    const books = said
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    return code === 0 && books.every(book => book.unaccounted === 0 && book.due > 0)
  })
}
