import { afterEach, beforeEach, expect, it } from 'vitest'
import { UserError } from '../../src/command.ts'
import { runs } from '../../src/commands/runs.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { commandContext } from '../fixtures/context.ts'

const begin = Math.floor(Date.now() / 1000) * 1000 - 600_000

let books: TestBooks
beforeEach(async () => {
  books = openBooks()
  await books.declare('default/update-engine', begin)
  await books.declare('other/get-stats', begin)
})
afterEach(() => books.quit())

async function printed(argv: Record<string, unknown>) {
  const context = commandContext({ prefix: books.prefix, argv })
  return { ...context, code: await runs(context) }
}

/** The slots that come of these filters, in seconds. */
async function slots(argv: Record<string, unknown>): Promise<number[]> {
  const { objects } = await printed({ json: true, ...argv })
  return objects().map(({ slot }) => (slot - begin) / 1000)
}

async function fill() {
  const verdicts = ['succeeded', 'failed', 'unknown', 'skipped'] as const
  for (let index = 1; index <= 8; index++) {
    const verdict = verdicts[index % 4] ?? 'succeeded'
    const schedule = index % 2 === 0 ? 'default/update-engine' : 'other/get-stats'
    await books.record({ schedule, slot: begin + index * 1000, verdict })
  }
}

it('prints the keys that programs rely on, null where one does not apply', async () => {
  const slot = begin + 1000
  await books.record({ slot, fence: 17, durationMs: 20.1234567, status: null, at: slot + 20 })
  const { code, output } = await printed({ json: true })
  expect(code).toBe(0)
  expect(output()).toBe(
    `{"schedule":"default/update-engine","engine":"default","job":"update-engine","slot":${slot},` +
      '"verdict":"succeeded","reason":null,"latenessMs":1,"durationMs":20.123,"attempts":1,' +
      `"status":null,"worker":"w1","at":${slot + 20}}\n`,
  )
})

it('adds keys only for calls by hand, ranges and details', async () => {
  await books.record({ slot: null, at: begin + 500, request: 'r1' })
  await books.record({ slot: begin + 1000, verdict: 'missed', count: 9, to: begin + 9000 })
  await books.record({ slot: begin + 10_000, verdict: 'failed', detail: 'refused' })
  const { objects } = await printed({ json: true })
  expect(objects().map(run => Object.keys(run).slice(12))).toEqual([
    ['manual', 'asked', 'request'],
    ['count', 'to'],
    ['detail'],
  ])
})

it('combines all filters', async () => {
  await fill()
  expect(await slots({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(await slots({ limit: 3 })).toEqual([6, 7, 8])
  expect(await slots({ engine: 'default' })).toEqual([2, 4, 6, 8])
  expect(await slots({ job: 'get-stats' })).toEqual([1, 3, 5, 7])
  expect(await slots({ verdict: 'failed' })).toEqual([1, 5])
  expect(await slots({ verdict: 'failed, unknown' })).toEqual([1, 2, 5, 6])
  expect(await slots({ since: begin + 6000 })).toEqual([6, 7, 8])
  const all = { engine: 'other', job: 'get-stats', verdict: 'skipped,failed', limit: 2 }
  expect(await slots({ ...all, since: begin + 2000 })).toEqual([5, 7])
  expect(await slots({ engine: 'other', job: 'update-engine' })).toEqual([])
})

it('looks for schedules, reasons and a stretch of time', async () => {
  await fill()
  await books.record({ slot: begin + 9000, verdict: 'failed', reason: 'http-503' })
  await books.record({ slot: begin + 10_000, verdict: 'unknown', reason: 'time-out' })
  expect(await slots({ schedule: 'other/get-stats' })).toEqual([1, 3, 5, 7])
  expect(await slots({ reason: 'http-503, time-out' })).toEqual([9, 10])
  expect(await slots({ reason: 'time-out', verdict: 'failed' })).toEqual([])
  expect(await slots({ since: begin + 3000, to: begin + 5000 })).toEqual([3, 4, 5])
  await expect(printed({ schedule: 'nine' })).rejects.toMatchObject({
    message: 'There is no schedule "nine"',
    hint: 'there is: default/update-engine, other/get-stats',
  })
})

it('says how many older ones it does not show, and shows all when asked', async () => {
  await fill()
  const left = async (argv: Record<string, unknown>) => (await printed(argv)).errors()
  const hint = 'use --all or a higher --limit\n'
  expect(await left({ limit: 3 })).toBe(`5 older runs are not shown: ${hint}`)
  expect(await left({ limit: 3, json: true })).toBe(`5 older runs are not shown: ${hint}`)
  expect(await left({ limit: 7 })).toBe(`1 older run is not shown: ${hint}`)
  expect(await left({ limit: 8 })).toBe('')
  expect(await left({ limit: 1, verdict: 'failed' })).toBe(`1 older run is not shown: ${hint}`)
  expect(await left({ limit: 2, since: begin + 4000, to: begin + 7000 })).toBe(
    `2 older runs are not shown: ${hint}`,
  )
  expect(await left({ limit: 1, schedule: 'other/get-stats' })).toBe(
    `3 older runs are not shown: ${hint}`,
  )
  await books.record({ slot: begin + 60_000 })
  const commands = books.redis.pipeline()
  for (let index = 0; index < 12_000; index++) {
    const run = { ...JSON.parse(RUN), slot: begin - 12_000 + index }
    commands.zadd(books.keys.runs('other/get-stats'), run.slot, JSON.stringify(run))
  }
  await commands.exec()
  expect(await left({})).toBe(`11,959 older runs are not shown: ${hint}`)
  expect(await left({ limit: 1, verdict: 'succeeded' })).toMatch(
    /^at least \d{1,2},\d{3} older runs are not shown: /,
  )
  const { errors, objects } = await printed({ all: true, json: true })
  expect([objects().length, errors()]).toEqual([12_009, ''])
})

const RUN = JSON.stringify({
  ...{ schedule: 'other/get-stats', engine: 'other', job: 'get-stats', verdict: 'succeeded' },
  ...{ reason: null, latenessMs: 1, durationMs: 2, attempts: 1, status: 200, worker: 'w', at: 1 },
})

it.each([
  [{ all: true, limit: 3 }, '--all and --limit'],
  [{ json: true, format: 'csv' }, '--json and --format csv'],
  [{ json: true, format: 'json' }, '--json and --format json'],
  [{ follow: true, to: begin }, '--follow shows what is still to come'],
  [{ since: begin, to: begin - 1 }, '--since lies after --to'],
])('refuses what contradicts itself: %o', async (argv, message) => {
  await expect(async () => printed(argv)).rejects.toMatchObject({
    message: expect.stringContaining(message),
    exitCode: 2,
  })
})

it('says so when there is nothing', async () => {
  const { code, output, errors } = await printed({})
  expect([code, output(), errors()]).toEqual([0, '', 'no runs\n'])
})

it.each([
  ['engine', { engine: 'nine' }, 'there is: default, other'],
  ['job', { job: 'sell' }, 'there is: update-engine, get-stats'],
  ['verdict', { verdict: 'failed,bad' }, 'there is: succeeded, failed, unknown'],
])('names what there is for an unknown %s', async (what, argv, hint) => {
  const error: unknown = await printed(argv).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(UserError)
  expect(error).toMatchObject({ message: expect.stringContaining(`There is no ${what} "`) })
  expect(error).toMatchObject({ hint: expect.stringContaining(hint), exitCode: 2 })
})

it('follows what is recorded until told to stop', async () => {
  await fill()
  const argv = { limit: 2, follow: true, engine: 'default', json: true }
  const context = commandContext({ prefix: books.prefix, argv })
  const done = runs(context)
  await context.waitFor(() => context.objects().length === 2)
  await books.record({ slot: begin + 9000, schedule: 'other/get-stats' })
  await books.record({ slot: begin + 10_000 })
  await context.waitFor(() => context.objects().length === 3)
  context.stop()
  expect(await done).toBe(0)
  expect(context.objects().map(({ slot }) => (slot - begin) / 1000)).toEqual([6, 8, 10])
})

it('shows runs of what was declared away', async () => {
  await books.record({ slot: begin + 1000, verdict: 'unknown' })
  await books.redis.hdel(books.keys.schedules, 'default/update-engine')
  expect(await slots({})).toEqual([1])
  expect(await slots({ schedule: 'default/update-engine' })).toEqual([1])
  expect(await slots({ job: 'get-stats' })).toEqual([])
})
