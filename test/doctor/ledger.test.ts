import { afterEach, beforeEach, expect, it } from 'vitest'
import { books as examineBooks } from '../../src/doctor/books.ts'
import { durations } from '../../src/doctor/durations.ts'
import { leases } from '../../src/doctor/leases.ts'
import { paused } from '../../src/doctor/pauses.ts'
import type { Connected } from '../../src/doctor/subject.ts'
import { pause } from '../../src/ledger/pauses.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { leaveMark } from '../fixtures/closing.ts'
import { levels, lines, subjectOf } from '../fixtures/doctor.ts'

const id = 'default/update-engine'

let books: TestBooks
let subject: Connected
beforeEach(() => {
  books = openBooks()
  const env = { SCHEDULER_TIMEOUT: '1s', SCHEDULER_MAX_LATENESS: '1s' }
  subject = { ...subjectOf({ env }), redis: books.redis, keys: books.keys, info: null }
})
afterEach(() => books.quit())

it('is content with books that add up, and leases that expire', async () => {
  await books.close(await books.declare())
  await books.redis.hset(books.keys.lease(id), { token: 't', worker: 'w', key: 1, fence: 1 })
  await books.redis.pexpire(books.keys.lease(id), 4000)
  await leaveMark(books, Date.now())
  expect(lines(await examineBooks(subject))[0]).toMatch(
    /^ok books: of \d+ slots due, all are accounted for/,
  )
  expect(levels(await leases(subject))).toEqual(['ok leases'])
})

it('finds slots that nobody accounts for, and verdicts that nobody asked for', async () => {
  await books.close(await books.declare())
  await books.redis.hincrby(books.keys.books(id), 'due', 3)
  expect(lines(await examineBooks(subject))).toEqual([
    `failure books: ${id}: nobody says how 3 slots ended`,
  ])
  await books.redis.hincrby(books.keys.books(id), 'due', -5)
  expect(lines(await examineBooks(subject))).toEqual([
    `failure books: ${id}: 2 verdicts stand for slots that were not due`,
  ])
})

it('finds books that are not closed, and books that are gone', async () => {
  await books.declare(id, Date.now() - 600_000)
  const [behind] = lines(await examineBooks(subject))
  expect(behind).toMatch(
    /^warning books: .*: 5\d\d slots wait to be closed, the oldest for 10(\.\d)? min$/,
  )
  await books.redis.del(books.keys.books(id))
  expect(lines(await examineBooks(subject))[0]).toMatch(/^failure books: .* has no books/)
})

it('finds a lease that never ends, and one that lasts too long', async () => {
  await books.declare()
  const lease = books.keys.lease(id)
  await books.redis.hset(lease, { token: 't', worker: 'w7', key: 1, fence: 1 })
  const [stuck] = await leases(subject)
  expect(stuck).toMatchObject({ level: 'failure', found: expect.stringContaining('w7 never exp') })
  expect(stuck?.advice).toContain(`redis-cli DEL '${lease}'`)
  await books.redis.pexpire(lease, 3_600_000)
  expect(lines(await leases(subject))[0]).toMatch(/^warning .* lasts (1 h|60 min|59\.9 min) more/)
})

it('finds marks of calls that are long over, or cannot be read', async () => {
  await books.declare()
  const now = Date.now()
  await leaveMark(books, 1000, { at: now - 300_000, until: now - 200_000 })
  expect(lines(await leases(subject))).toEqual([
    expect.stringMatching(/^warning leases: .* has no verdict: 1000 of w1, over since 3\.\d min$/),
  ])
  await books.redis.hset(books.keys.sent(id), '2000', 'garbage')
  expect(lines(await leases(subject))[0]).toContain(' and 1 more')
})

it('tells of pauses: for how long, by whom and why', async () => {
  expect(levels(await paused(subject))).toEqual(['ok pauses'])
  const wish = { target: id, reason: 'new pool', by: 'me', via: 'command line' } as const
  await pause(books.redis, books.keys, wish)
  const [finding] = await paused(subject)
  expect(finding?.found).toMatch(/^default\/update-engine is paused for .* by me: new pool$/)
  expect(finding?.advice).toContain(`hft-scheduler resume ${id}`)
})

it('finds calls that take longer than there is time', async () => {
  const since = Math.floor(Date.now() / 1000) * 1000 - 10_000
  await books.declare(id, since)
  await books.record({ slot: since + 1000, durationMs: 100 })
  expect(levels(await durations(subject))).toEqual(['ok durations'])
  for (const slot of [since + 2000, since + 4000]) await books.record({ slot, durationMs: 1500 })
  expect(lines(await durations(subject))).toEqual([
    `warning durations: ${id}: calls take 1.5 s at the median, slots are 1 s apart: the rest is skipped`,
    `warning durations: ${id}: the slowest of 3 calls took 1.5 s, the time-out is 1 s`,
  ])
})
