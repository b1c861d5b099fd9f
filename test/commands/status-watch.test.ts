import { afterEach, beforeEach, expect, it } from 'vitest'
import { status } from '../../src/commands/status.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { commandContext } from '../fixtures/context.ts'
import { startRedis } from '../fixtures/redis.ts'

const schedule = 'default/update-engine'
const ESC = String.fromCharCode(27)

let books: TestBooks
beforeEach(async () => {
  books = openBooks()
  await books.declare()
})
afterEach(() => books.quit())

function watched(argv: Record<string, unknown> = {}, screen: { rows?: number } | null = null) {
  const context = commandContext({ prefix: books.prefix, argv: { watch: true, ...argv } })
  if (screen !== null) Object.assign(context.stdout, { isTTY: true, columns: 100, ...screen })
  return { ...context, done: status(context) }
}

it('prints one look after the other where there is no terminal, until told to stop', async () => {
  const { done, output, raw, waitFor, stop } = watched()
  await waitFor(() => output().includes(schedule))
  await books.record({ slot: Date.now(), verdict: 'failed', reason: 'http-400' })
  await waitFor(() => output().includes(`! ${schedule}: the last slot ended failed (http-400)`))
  stop()
  expect(await done).toBe(0)
  expect(raw()).not.toContain(`${ESC}[H`)
})

it('tells a program where each look begins', async () => {
  const { done, objects, waitFor, stop } = watched({ json: true })
  await waitFor(() => objects().filter(({ type }) => type === 'look').length === 2)
  stop()
  expect(await done).toBe(0)
  expect(objects()[0]).toEqual({ type: 'look', at: expect.any(Number) })
  expect(objects()[1]).toMatchObject({ type: 'schedule', schedule })
})

it('draws each look over the one before on a terminal, and cuts off what has no room', async () => {
  const { done, raw, waitFor, stop } = watched({}, { rows: 8 })
  await waitFor(() => raw().split(`${ESC}[H`).length === 3)
  stop()
  expect(await done).toBe(0)
  const [begin, first, second] = raw().split(`${ESC}[H`)
  expect(begin).toBe(`${ESC}[2J`)
  for (const look of [first, second]) {
    expect(look?.split('\n')).toHaveLength(8)
    expect(look).toMatch(/every 2 s; Ctrl-C ends it/)
    expect(look).toMatch(/… and \d+ lines more/)
    expect(look?.endsWith(`${ESC}[J`)).toBe(true)
  }
})

it('goes on after an outage of Redis', async () => {
  const redis = await startRedis()
  const context = commandContext({
    ...{ prefix: '{x}', redis: redis.url, argv: { watch: true, json: true } },
  })
  const looks = () => context.objects().filter(({ type }) => type === 'look').length
  const done = status(context)
  await context.waitFor(() => looks() === 1)
  await redis.kill9()
  await context.waitFor(() => context.errors().includes('Redis is out of reach ('))
  await redis.restart()
  const before = looks()
  await context.waitFor(() => looks() > before)
  context.stop()
  expect(await done).toBe(0)
  await redis.stop()
})
