import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEvents, type Events } from '../../src/events.ts'
import { Keeper } from '../../src/worker/keeper.ts'
import { type Claim, Leases } from '../../src/worker/lease.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

const id = 'default/update-engine'
const slot = Math.ceil(Date.now() / 1000) * 1000

let books: TestBooks
let leases: Leases
let events: Events
let keeper: Keeper
let claim: Claim
beforeEach(async () => {
  books = openBooks()
  leases = new Leases(books)
  events = createEvents()
  keeper = new Keeper({ leases, events })
  const { revision } = await books.declare(id, slot - 10_000)
  claim = {
    ...{ schedule: id, engine: 'default', key: slot, manual: false, token: 't1', worker: 'w1' },
    ...{ revision, repeatable: false, late: false },
  }
})
afterEach(() => {
  keeper.stop()
  return books.quit()
})

const mark = {
  ...{ state: 'sent' as const, token: 't1', worker: 'w1', attempts: 1, at: slot },
  ...{ reason: null, status: null },
}
const later = { ...{ token: 't2', key: slot + 1000 } }

it('puts a lease and its mark back when Redis has lost them', async () => {
  const admission = await leases.admit(claim, 60_000, mark)
  const fence = admission.answer === 'admitted' ? admission.fence : 0
  keeper.keep(claim, { fence, mark, expires: performance.now() + 60_000 })
  keeper.start()
  const { redis, keys } = books
  const said = new Promise(resolve => events.once('warning', resolve))
  await redis.del(keys.lease(id), keys.sent(id))
  await said
  expect(await redis.hget(keys.lease(id), 'fence')).toBe(String(fence))
  expect(await redis.hexists(keys.sent(id), String(slot))).toBe(1)
  expect(await redis.pttl(keys.lease(id))).toBeLessThanOrEqual(60_000)
  expect(await leases.admit({ ...claim, ...later }, 60_000, mark)).toMatchObject({ answer: 'busy' })
})

it('leaves a lease alone that stands, and one that was dropped', async () => {
  await leases.admit(claim, 60_000, mark)
  expect(await leases.restore(claim, 1, 60_000, mark)).toBe(false)
  keeper.keep(claim, { fence: 1, mark, expires: performance.now() + 60_000 })
  keeper.drop(claim.token)
  keeper.start()
  await books.redis.del(books.keys.lease(id))
  const other = new Keeper({ leases, events })
  const watched = { ...claim, schedule: 'default/other', token: 't9' }
  other.keep(watched, { fence: 1, mark: null, expires: performance.now() + 60_000 })
  const said = new Promise(resolve => events.once('warning', resolve))
  other.start()
  await said
  other.stop()
  expect(await books.redis.exists(books.keys.lease(id))).toBe(0)
})

it('is not needed for the time that the mark names, when the lease alone was lost', async () => {
  const { redis, keys } = books
  const until = Date.now() + 60_000
  await leases.admit(claim, 60_000, { ...mark, until })
  await redis.del(keys.lease(id))
  const next = { ...claim, ...later }
  expect(await leases.admit(next, 60_000, mark)).toMatchObject({ answer: 'busy' })
  expect(await leases.admit({ ...next, repeatable: true }, 60_000, null)).toMatchObject({
    answer: 'admitted',
  })
  await redis.del(keys.lease(id))
  await redis.hset(keys.sent(id), slot, JSON.stringify({ ...mark, until: until - 120_000 }))
  expect(await leases.admit(next, 60_000, mark)).toMatchObject({ answer: 'admitted' })
})

it('does not stand in the way of a call that may be repeated', async () => {
  const { redis, keys } = books
  await redis.del(keys.books(id))
  expect(await leases.admit({ ...claim, repeatable: true }, 60_000, mark)).toMatchObject({
    answer: 'admitted',
  })
})

it('has the time that no call is made while Redis has lost the books', async () => {
  await books.redis.del(books.keys.books(id))
  expect(await leases.admit(claim, 60_000, mark)).toMatchObject({ answer: 'lost' })
})

it('has the time as well for a second after the books were opened again', async () => {
  const { redis, keys } = books
  await redis.hset(keys.books(id), 'quiet', Date.now() + 60_000)
  expect(await leases.admit(claim, 60_000, mark)).toMatchObject({ answer: 'lost' })
  await redis.hset(keys.books(id), 'quiet', Date.now() - 1)
  expect(await leases.admit(claim, 60_000, mark)).toMatchObject({ answer: 'admitted' })
})
