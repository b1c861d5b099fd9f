import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { Company } from '../src/company.ts'
import { createEvents } from '../src/events.ts'
import type { Presence } from '../src/presence.ts'
import { openBooks, type TestBooks } from './fixtures/books.ts'

let books: TestBooks
let said: string[]
beforeEach(async () => {
  books = openBooks()
  await books.redis.ping()
  said = []
})
afterEach(() => books.quit())

function start(part: Presence['part'], id: string) {
  const events = createEvents()
  events.on('warning', ({ message }) => said.push(message))
  events.on('company', () => said.push('company'))
  const { redis, keys } = books
  const company = new Company({ redis, keys, events, part, id, where: 'prefix x in y' })
  company.start()
  onTestFinished(() => company.stop())
  return company
}

/** A process that says that it is there until the test is over. */
async function present(part: Presence['part'], id: string, since = Date.now()) {
  const announce = () => {
    const presence = { part, name: id, version: '1', since, seen: Date.now() }
    return books.redis.hset(books.keys.processes, `${part}:${id}`, JSON.stringify(presence))
  }
  const timer = setInterval(() => void announce().catch(() => 0), 1000)
  onTestFinished(() => clearInterval(timer))
  await announce()
}

it.each([
  ['worker', 'producer', 'no producer is alive: missed slots stay unnoticed'],
  ['producer', 'worker', 'no worker is alive: no calls are made'],
] as const)(
  'a %s says that there is no %s, once, and that there is one again',
  async (part, other, words) => {
    const company = start(part, 'me#1111')
    await present(part, 'me#1111')
    const [fine] = company.checks()
    expect(fine).toMatchObject({ name: 'company', probe: 'healthz', ok: true })
    await expect.poll(() => said, { timeout: 60_000 }).toHaveLength(1)
    expect(said[0]).toBe(`${words} (prefix x in y); do all processes use this prefix and database?`)
    expect(company.checks()).toMatchObject([{ ok: false, detail: said[0] }])
    await vi.waitFor(async () => {
      await present(other, 'other#2222')
      expect(said.at(-1)).toBe('company')
    }, 60_000)
    expect(said).toHaveLength(2)
  },
  120_000,
)

it('says that another process has its name, and nothing of those of others', async () => {
  start('worker', 'w1#1111')
  await present('producer', 'p1#1111')
  for (const id of ['w1#1111', 'w1#2222', 'w2#3333', 'w2#4444']) await present('worker', id)
  await expect.poll(() => said, { timeout: 60_000 }).toHaveLength(1)
  expect(said[0]).toMatch(/^2 workers are named w1 \(w1#(1111|2222) since/)
}, 120_000)
