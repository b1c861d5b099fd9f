import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Action, actionsBefore, recordAction } from '../../src/ledger/actions.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

const action: Action = {
  ...{ by: 'ann', via: 'Bull Board', action: 'empty the queue', target: 'calls', reason: '' },
}
const record = (change: Partial<Action> = {}) =>
  recordAction(books.redis, books.keys, { ...action, ...change })
const read = (limit: number, before: string | null = null) =>
  actionsBefore(books.redis, books.keys, { before, limit })

it('keeps who did what, to what, why and when, newest first', async () => {
  const first = await record()
  const second = await record({
    via: 'dashboard',
    action: 'pause',
    target: 'default',
    reason: 'why',
  })
  const { actions, next } = await read(10)
  expect(next).toBeNull()
  expect(actions).toEqual([
    {
      ...{ id: `${second}-0`, at: second, by: 'ann', via: 'dashboard', action: 'pause' },
      ...{ target: 'default', reason: 'why' },
    },
    { id: `${first}-0`, at: first, ...action },
  ])
})

it('gives every action a moment of its own', async () => {
  const before = Date.now()
  const moments = await Promise.all(Array.from({ length: 50 }, () => record()))
  expect(new Set(moments).size).toBe(50)
  expect(Math.min(...moments)).toBeGreaterThan(before - 50)
  expect(Math.max(...moments)).toBeLessThan(Date.now() + 100)
})

it('goes on with the time that it is when the clock was set back', async () => {
  const later = Date.now() + 3_600_000
  const fields = Object.entries(action).flat()
  await books.redis.xadd(books.keys.actions, `${later}-0`, ...fields)
  expect(await record()).toBeLessThan(later - 3_000_000)
  expect((await read(10)).actions).toHaveLength(2)
})

it('is read page by page', async () => {
  for (let index = 0; index < 5; index++) await record({ reason: String(index) })
  const reasons: string[][] = []
  let before: string | null = null
  do {
    const { actions, next } = await read(2, before)
    reasons.push(actions.map(({ reason }) => reason))
    before = next
  } while (before !== null)
  expect(reasons).toEqual([['4', '3'], ['2', '1'], ['0']])
})

it('passes over what it cannot read, and keeps no text that is too long', async () => {
  await books.redis.xadd(books.keys.actions, '*', 'by', 'ann', 'via', 'a letter')
  await record({ target: '👍'.repeat(1000) })
  const { actions } = await read(10)
  expect(actions.map(({ target }) => target)).toEqual(['👍'.repeat(500)])
})

it('stays bounded', async () => {
  const commands = books.redis.pipeline()
  const fields = Object.entries(action).flat()
  for (let index = 0; index < 10_500; index++) commands.xadd(books.keys.actions, '*', ...fields)
  await commands.exec()
  await record()
  expect(await books.redis.xlen(books.keys.actions)).toBeLessThan(10_200)
})
