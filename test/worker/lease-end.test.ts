import { expect, it, onTestFinished } from 'vitest'
import { Leases } from '../../src/worker/lease.ts'
import { openBooks } from '../fixtures/books.ts'

it('grants a lease anew for its own length where Redis was set back, which made it last longer', async () => {
  const books = openBooks()
  onTestFinished(() => void books.quit())
  const { redis, keys } = books
  const leases = new Leases(books)
  const { id: schedule, revision } = await books.declare()
  const claim = {
    ...{ schedule, engine: 'default', key: Date.now(), manual: false, token: 't1', worker: 'w1' },
    ...{ revision, repeatable: false, late: false },
  }
  expect(await leases.admit(claim, 5000, null)).toMatchObject({ answer: 'admitted' })
  await redis.pexpire(keys.lease(schedule), 3_600_000)
  const next = { ...claim, token: 't2', key: claim.key + 1000 }
  expect(await leases.admit(next, 5000, null)).toMatchObject({ answer: 'busy', remaining: 5000 })
  expect(await redis.pttl(keys.lease(schedule))).toBeLessThanOrEqual(5000)
})
