import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { reconcile } from '../../src/producer/reconcile.ts'
import { nextSlot } from '../../src/slots.ts'
import { openRounds, scheduled } from '../fixtures/rounds.ts'

let rounds: ReturnType<typeof openRounds>
beforeEach(() => {
  rounds = openRounds()
})
afterEach(() => {
  vi.useRealTimers()
  return rounds.close()
})

const schedule = scheduled({ interval: 4000, phase: 0 }, 'update-engine', 2000)
const round = () => reconcile(rounds.about([schedule]))

/** A tick whose time has come, as a worker leaves it that is killed before it places the next one. */
async function claimed(ago: number) {
  const { queue, books } = rounds
  await round()
  const { tick, next, slot } = await rounds.pending(schedule)
  // And stays: two seconds later it would be overdue, whoever has claimed it.
  vi.useFakeTimers({ toFake: ['Date'], now: next })
  await books.redis.zrem(queue.toKey('delayed'), tick)
  await books.redis.lpush(queue.toKey('active'), tick)
  await books.redis.hset(queue.toKey(tick), 'processedOn', Date.now() - ago)
  rounds.repairs.length = 0
  return { tick, slot: slot ?? 0 }
}

it('places the next tick soon where the one who claimed the last is gone, in time for its slot', async () => {
  const { tick, slot } = await claimed(501)
  await round()
  expect(rounds.repairs).toEqual([`${schedule.id}: its next tick was gone, stuck or postponed`])
  const after = await rounds.pending(schedule)
  expect(after).toMatchObject({ slot: nextSlot(schedule.grid, slot), state: 'delayed' })
  // What was claimed is the lock's to give back.
  expect(await rounds.queue.getJobState(tick)).toBe('active')
  await round()
  expect(rounds.repairs).toHaveLength(1)
})

it('leaves it to the one who has just claimed', async () => {
  const { tick } = await claimed(-60_000)
  await round()
  expect(rounds.repairs).toEqual([])
  expect((await rounds.pending(schedule)).tick).toBe(tick)
})
