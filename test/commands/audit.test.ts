import { afterEach, beforeEach, expect, it } from 'vitest'
import { audit } from '../../src/commands/audit.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { commandContext } from '../fixtures/context.ts'

const UNCLOSED =
  'no producer is alive: slots that nobody ran count as running until one closes the books\n'
const end = Math.floor(Date.now() / 1000) * 1000
const begin = end - 10_000
const epochs = [{ from: begin, to: end, grid: { interval: 1000, phase: 0 } }]

let books: TestBooks
beforeEach(async () => {
  books = openBooks()
  await books.declare('a/update-engine', begin, epochs)
  await books.declare('b/get-stats', begin, epochs)
  await books.record({ schedule: 'a/update-engine', slot: begin + 1000 })
  await books.record({ schedule: 'b/get-stats', slot: begin + 1000, verdict: 'engine-stopped' })
})
afterEach(() => books.quit())

async function printed(argv: Record<string, unknown>) {
  const context = commandContext({ prefix: books.prefix, argv })
  return { ...context, code: await audit(context) }
}

it('prints exactly the keys that programs rely on', async () => {
  const { code, objects } = await printed({ json: true })
  expect(code).toBe(0)
  expect(objects().map(book => Object.keys(book).join())).toEqual(
    Array(2).fill(
      'schedule,from,to,due,succeeded,failed,unknown,engineStopped,skipped,missed,running,unaccounted',
    ),
  )
  expect(objects()).toMatchObject([
    { schedule: 'a/update-engine', due: 10, succeeded: 1, engineStopped: 0, running: 9 },
    { schedule: 'b/get-stats', due: 10, succeeded: 0, engineStopped: 1, running: 9 },
  ])
})

it('prints a table with a total for people', async () => {
  const { output, errors } = await printed({})
  const lines = output().trimEnd().split('\n')
  expect(lines[0]).toMatch(
    /^schedule +from \(UTC\S*\) +to +due +succeeded .* engine stopped .* unaccounted$/,
  )
  expect(lines[3]).toMatch(/^total +20 +1 +0 +0 +1 +0 +0 +18 +0$/)
  expect(errors()).toBe(UNCLOSED)
})

it('says that nobody closes the books only while no producer lives', async () => {
  const alive = { part: 'producer', name: 'p', version: '1', since: Date.now(), seen: Date.now() }
  await books.redis.hset(books.keys.processes, 'producer:p', JSON.stringify(alive))
  expect((await printed({})).errors()).toBe('')
  const gone = { ...alive, seen: Date.now() - 60_000 }
  await books.redis.hset(books.keys.processes, 'producer:p', JSON.stringify(gone))
  expect((await printed({})).errors()).toBe(UNCLOSED)
})

it('narrows to a schedule, an engine and a window', async () => {
  const one = { json: true, schedule: 'b/get-stats', from: begin + 2000, to: begin + 4000 }
  const expected = { schedule: 'b/get-stats', due: 3, running: 3, from: begin + 2000 }
  expect((await printed(one)).objects()).toMatchObject([expected])
  const { objects } = await printed({ json: true, engine: 'a', since: begin + 6000 })
  expect(objects()).toMatchObject([{ schedule: 'a/update-engine', due: 5 }])
  expect((await printed({ schedule: 'a/update-engine' })).output()).not.toContain('total')
})

it('says from when on records are kept', async () => {
  const { errors } = await printed({ since: begin - 5000 })
  expect(errors()).toMatch(/^a\/update-engine: records are kept from .* on\nb\/get-stats: .* on\n/)
  expect((await printed({ since: begin + 500 })).errors()).toBe(UNCLOSED)
  expect((await printed({ to: end })).errors()).toBe(UNCLOSED)
})

it('exits with 1 when a slot is unaccounted for', async () => {
  await books.redis.hset(books.keys.books('a/update-engine'), 'due', 1)
  const { code, output } = await printed({})
  expect(code).toBe(1)
  expect(output()).toMatch(/^a\/update-engine .* 11 +1 .* 1$/m)
})

it('refuses a window that cannot be, and names the schedules there are', async () => {
  await expect(printed({ from: 2, to: 1 })).rejects.toThrow('--from lies after --to')
  await expect(printed({ from: 1, since: 1 })).rejects.toThrow('say the same')
  await expect(printed({ since: Date.now() + 60_000 })).rejects.toThrow('in the future')
  await expect(printed({ schedule: 'a/get-stats' })).rejects.toMatchObject({
    message: 'There is no schedule "a/get-stats"',
    hint: 'there is: a/update-engine, b/get-stats',
  })
})

it('says so when there are no books', async () => {
  const context = commandContext({ prefix: '{nothing-here}', argv: {} })
  expect(await audit(context)).toBe(0)
  expect(context.output()).toBe('')
  expect(context.errors()).toBe('no books: nothing is declared in this Redis yet\n')
})

it('sums up what was declared away', async () => {
  await books.declare('default/update-engine', begin, epochs)
  await books.record({ slot: begin + 1000, verdict: 'unknown' })
  await books.redis.hdel(books.keys.schedules, 'default/update-engine')
  const gone = { schedule: 'default/update-engine', due: 10, unknown: 1 }
  expect((await printed({ json: true })).objects()).toContainEqual(expect.objectContaining(gone))
  const { objects } = await printed({ json: true, schedule: 'default/update-engine' })
  expect(objects()).toMatchObject([gone])
})
