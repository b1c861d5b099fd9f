import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { markField } from '../../src/ledger/mark.ts'
import { pause } from '../../src/ledger/pauses.ts'
import { type Claim, Leases } from '../../src/worker/lease.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

const id = 'default/update-engine'
const slot = Math.ceil(Date.now() / 1000) * 1000

let books: TestBooks
let leases: Leases
let revision: string
beforeEach(async () => {
  books = openBooks()
  leases = new Leases(books)
  revision = (await books.declare(id, slot - 10_000)).revision
  await books.redis.hset(books.keys.declaration, 'at', 1, 'by', 'p')
})
afterEach(() => books.quit())

const claim = (change: Partial<Claim> = {}): Claim => ({
  ...{ schedule: id, engine: 'default', key: slot, manual: false, token: 't1', worker: 'w1' },
  ...{ revision, repeatable: false, late: false, ...change },
})
const mark = (token = 't1', state: 'sent' | 'not-executed' = 'sent') => ({
  ...{ state, token, worker: 'w1', attempts: 1, at: slot, reason: null, status: null },
})
const admit = (change: Partial<Claim> = {}, ms = 60_000) =>
  leases.admit(claim(change), ms, mark(change.token))
const fenceOf = async (change: Partial<Claim> = {}) => {
  const admission = await admit(change)
  return admission.answer === 'admitted' ? admission.fence : Number.NaN
}

it('gives the lease for its time, and leaves the mark with it', async () => {
  const { redis, keys } = books
  expect(await admit()).toMatchObject({ answer: 'admitted' })
  expect(await redis.pttl(keys.lease(id))).toBeGreaterThan(40_000)
  expect(await redis.pttl(keys.lease(id))).toBeLessThanOrEqual(60_000)
  expect(await redis.hgetall(keys.lease(id))).toMatchObject({ token: 't1', key: String(slot) })
  const standing = await redis.hget(keys.sent(id), markField(claim()))
  expect(JSON.parse(standing ?? '')).toEqual(mark())
})

it('leaves no mark where no call will follow', async () => {
  expect(await leases.admit(claim(), 5000, null)).toMatchObject({ answer: 'admitted' })
  expect(await books.redis.exists(books.keys.sent(id))).toBe(0)
})

it('answers a command that was sent twice as it did at first', async () => {
  const fence = await fenceOf()
  expect(fence).toBeGreaterThan(0)
  expect(await fenceOf()).toBe(fence)
})

it('is given to one at a time, and again once it was given up', async () => {
  const first = await fenceOf()
  const busy = await admit({ token: 't2', key: slot + 1000 })
  expect(busy).toMatchObject({ answer: 'busy', remaining: expect.any(Number) })
  await leases.release(claim(), null)
  await leases.release(claim(), null)
  expect(await books.redis.exists(books.keys.sent(id))).toBe(0)
  expect(await fenceOf({ token: 't2', key: slot + 1000 })).toBeGreaterThan(first)
})

it('runs out by itself', async () => {
  await admit({}, 20)
  const { redis, keys } = books
  while (await redis.exists(keys.lease(id))) await redis.ping()
  expect(await admit({ token: 't2', key: slot + 1000 })).toMatchObject({ answer: 'admitted' })
})

it('is given up by its holder only', async () => {
  await admit()
  await leases.release(claim({ token: 'other', key: slot + 1000 }), null)
  expect(await admit({ token: 't2', key: slot + 1000 })).toMatchObject({ answer: 'busy' })
})

it('gives fences that never go back, though the keys are lost or the clock was set', async () => {
  const first = await fenceOf()
  await books.redis.del(books.keys.books(id), books.keys.lease(id), books.keys.sent(id))
  await books.redis.hset(books.keys.books(id), 'closed', 0)
  const second = await fenceOf({ token: 't2', key: slot + 1000 })
  expect(second).toBeGreaterThanOrEqual(first)
  await books.redis.hset(books.keys.books(id), 'fence', second + 1e6)
  await leases.release(claim({ token: 't2' }), null)
  expect(await fenceOf({ token: 't3', key: slot + 2000 })).toBe(second + 1e6 + 1)
})

describe('a slot is not called', () => {
  it('when it has its verdict', async () => {
    await books.record({ slot })
    expect(await admit()).toMatchObject({ answer: 'done' })
  })

  it('when the books have closed it', async () => {
    await books.redis.hset(books.keys.books(id), 'closed', slot)
    expect(await admit({ late: true })).toMatchObject({ answer: 'done' })
  })

  it('when it was sent before, unless that call may be repeated', async () => {
    const { redis, keys } = books
    await redis.hset(keys.sent(id), slot, JSON.stringify(mark('dead')))
    expect(await admit({ late: true })).toMatchObject({ answer: 'sent' })
    expect(await admit({ repeatable: true })).toMatchObject({ answer: 'admitted' })
  })

  it('while its schedule or its engine is paused', async () => {
    const { redis, keys } = books
    const why = { reason: 'a test', by: 'me', via: 'command line' } as const
    for (const target of [id, 'default']) {
      await pause(redis, keys, { target, ...why })
      expect(await admit({ late: true })).toMatchObject({ answer: 'paused' })
      await redis.del(keys.paused)
    }
  })

  it('when it is late, also while the lease is busy', async () => {
    expect(await admit({ late: true })).toMatchObject({ answer: 'late' })
    await admit({ token: 't2', key: slot + 1000 })
    expect(await admit({ late: true })).toMatchObject({ answer: 'late' })
  })

  it('when it was due by another declaration only', async () => {
    const { redis, keys } = books
    await redis.hset(keys.books(id), 'from', slot)
    expect(await admit()).toMatchObject({ answer: 'superseded' })
    await redis.hset(keys.books(id), 'revision', 'newer', 'ended', slot - 1)
    expect(await admit()).toMatchObject({ answer: 'superseded' })
    await redis.hset(keys.books(id), 'ended', slot)
    expect(await admit()).toMatchObject({ answer: 'admitted' })
  })

  it('when its schedule was removed', async () => {
    const { redis, keys } = books
    await redis.hdel(keys.schedules, id)
    expect(await admit()).toMatchObject({ answer: 'superseded' })
    await redis.del(keys.declaration)
    expect(await admit()).toMatchObject({ answer: 'admitted' })
  })
})

it('admits another attempt after one that surely had no effect', async () => {
  await admit()
  await leases.release(claim(), mark('t1', 'not-executed'))
  expect(await admit({ token: 't2' })).toMatchObject({ answer: 'admitted' })
})

it('holds for a call by hand too, which is no slot and asks for no pause', async () => {
  const { redis, keys } = books
  await pause(redis, keys, { target: id, reason: 'a test', by: 'me', via: 'command line' })
  const manual = { manual: true, revision: '' }
  await redis.hset(keys.books(id), 'closed', slot + 1e6)
  expect(await admit(manual)).toMatchObject({ answer: 'admitted' })
  expect(await redis.hkeys(keys.sent(id))).toEqual([`m${slot}`])
  expect(await admit({ ...manual, token: 't2', key: slot + 1 })).toMatchObject({ answer: 'busy' })
  await leases.release(claim(manual), null)
  await books.record({ slot: null, at: slot })
  expect(await admit(manual)).toMatchObject({ answer: 'done' })
  expect(await admit({ ...manual, key: slot + 1, late: true })).toMatchObject({ answer: 'late' })
})

describe('the lease of a worker that is gone', () => {
  const next = { token: 't2', worker: 'w2', key: slot + 1000 }
  beforeEach(() => admit())

  it.each([
    ['was never heard of', null],
    ['was last heard of long ago', JSON.stringify({ seen: Date.now() - 11_000 })],
    ['left something unreadable', 'garbage'],
    ['left something odd', '{"seen":{}}'],
  ])('is passed over where a call may be repeated: it %s', async (_how, presence) => {
    const { redis, keys } = books
    if (presence !== null) await redis.hset(keys.processes, 'worker:w1', presence)
    expect(await admit(next)).toMatchObject({ answer: 'busy' })
    expect(await admit({ ...next, repeatable: true })).toMatchObject({ answer: 'admitted' })
  })

  it('is respected as long as the worker says that it is there', async () => {
    const presence = JSON.stringify({ seen: Date.now() })
    await books.redis.hset(books.keys.processes, 'worker:w1', presence)
    expect(await admit({ ...next, repeatable: true })).toMatchObject({ answer: 'busy' })
  })
})

it('does not fail over what cannot be read', async () => {
  const { redis, keys } = books
  const odd = { closed: 'x', from: 'x', ended: 'x', fence: 'x' }
  await redis.hset(keys.books(id), odd)
  await redis.hset(keys.sent(id), slot, 'x')
  expect(await admit()).toMatchObject({ answer: 'admitted', fence: expect.any(Number) })
  await redis.del(keys.lease(id))
  await redis.hset(keys.lease(id), 'token', 'somebody')
  expect(await admit({ token: 't2', repeatable: true })).toMatchObject({ answer: 'admitted' })
})
