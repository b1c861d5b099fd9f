import { afterEach, beforeEach, expect, it } from 'vitest'
import { stats } from '../../src/commands/stats.ts'
import type { Stats } from '../../src/ledger/ledger.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { commandContext } from '../fixtures/context.ts'

const begin = Date.now()
const position = {
  ...{ tick_lower: -10, tick_upper: 20, tick_current: 5, price_current: 1834.123456789012 },
  ...{ range_lower: 1800, range_upper: 1900.5, tokenID: 77, tx_mint: null, is_open: true },
}

let books: TestBooks
let count: number
beforeEach(async () => {
  books = openBooks()
  count = 0
  await books.declare()
})
afterEach(() => books.quit())

function add(stats: Stats, schedule = 'default/get-stats') {
  count++
  return books.record({ schedule, slot: begin + count * 1000 }, stats)
}

async function printed(argv: Record<string, unknown> = {}) {
  const context = commandContext({ prefix: books.prefix, argv })
  return { ...context, code: await stats(context) }
}

it('shows people what tells most of a position', async () => {
  await add(position)
  const { output } = await printed()
  const [head, line] = output().split('\n')
  expect(head).toMatch(
    /^at \(UTC\S*\) +engine +job +price_current +range_lower +range_upper +tick_current +tokenID +is_open$/,
  )
  expect(line).toMatch(/ default +get-stats +1834\.123457 +1800 +1900\.5 +5 +77 +true$/)
})

it('shows the first six fields of an engine that sends others', async () => {
  await add({ a: 1, b: 'x', c: null, d: false, e: 5, f: 6, g: 7 })
  const [head, line] = (await printed()).output().split('\n')
  expect(head).toMatch(/job +a +b +c +d +e +f$/)
  expect(line).toMatch(/get-stats +1 +x +- +false +5 +6$/)
})

it('shows as many fields as 80 columns have room for, and says so', async () => {
  await add(position)
  const context = commandContext({ prefix: books.prefix, argv: {} })
  await stats({ ...context, env: { ...context.env, COLUMNS: '80' } })
  const lines = context.output().trimEnd().split('\n')
  expect(lines.filter(line => line.length > 80)).toEqual([])
  expect(lines[0]).toMatch(/^at \(UTC\S*\) +engine +job +price_current +range_lower/)
  expect(context.errors()).toBe(
    'warning: no room for all fields in 80 columns; --format csv and --json have them\n',
  )
})

it('prints one object per line, the newest of those since a moment', async () => {
  for (let n = 1; n <= 5; n++) await add({ n, at: 'theirs' })
  const { objects } = await printed({ json: true, limit: 2 })
  expect(objects()).toEqual([
    ...[4, 5].map(n => ({
      ...{ engine: 'default', at: expect.any(Number), slot: begin + n * 1000, job: 'get-stats' },
      stats: { n, at: 'theirs' },
    })),
  ])
  expect((await printed({ format: 'ndjson', since: Date.now() + 5000 })).objects()).toEqual([])
  expect((await printed({ format: 'json' })).objects()).toHaveLength(5)
})

it('says that older ones are not shown, for which --all is', async () => {
  for (let n = 1; n <= 51; n++) await add({ n })
  const fifty = await printed({ format: 'csv' })
  expect(fifty.output().trim().split('\n')).toHaveLength(51)
  expect(fifty.errors()).toBe('older positions are not shown: use --all or a higher --limit\n')
  const all = await printed({ format: 'csv', all: true })
  expect(all.output().trim().split('\n')).toHaveLength(52)
  expect(all.errors()).toBe('')
})

it('prints those up to a moment', async () => {
  await add({ n: 1 })
  const [first] = (await printed({ json: true })).objects()
  await new Promise(resolve => setTimeout(resolve, 5))
  await add({ n: 2 })
  expect((await printed({ json: true, to: first?.at })).objects()).toEqual([first])
  await expect(printed({ to: 1, since: 2 })).rejects.toThrow('--since lies after --to')
  await expect(printed({ to: 1, follow: true })).rejects.toThrow('--to ends earlier')
})

it('prints CSV that any reader takes and no spreadsheet executes', async () => {
  await add({ text: 'a "b", c', formula: '=1+1', number: -5, engine: 'theirs' })
  await add({ text: ' x', formula: '@cmd', number: null, late: true })
  const { output } = await printed({ format: 'csv' })
  const [head, ...lines] = output().trimEnd().split('\n')
  expect(head).toBe('at,engine,slot,job,text,formula,number,stats.engine,late')
  expect(lines.map(line => line.replace(/^\d+,/, ''))).toEqual([
    `default,${begin + 1000},get-stats,"a ""b"", c",'=1+1,-5,theirs,`,
    `default,${begin + 2000},get-stats," x",'@cmd,,,true`,
  ])
})

it('keeps to the columns it began with, and says once what it leaves out', async () => {
  await add({ a: 1 })
  const context = commandContext({ prefix: books.prefix, argv: { format: 'csv', follow: true } })
  const done = stats(context)
  const lines = () => context.output().split('\n').length - 1
  await context.waitFor(() => lines() === 2)
  await add({ b: 2 })
  await context.waitFor(() => lines() === 3)
  await add({ a: 3, b: 3 })
  await context.waitFor(() => lines() === 4)
  context.stop()
  expect(await done).toBe(0)
  expect(
    context
      .output()
      .split('\n')
      .map(line => line.split(',')[4]),
  ).toEqual([...['a', '1', '', '3', undefined]])
  expect(context.errors()).toBe('warning: fields that came later are left out: b\n')
})

it('follows an engine that is declared later', async () => {
  const context = commandContext({ prefix: books.prefix, argv: { json: true, follow: true } })
  const done = stats(context)
  await books.declare('other/get-stats')
  await add({ n: 1 }, 'other/get-stats')
  await context.waitFor(() => context.objects().length === 1)
  context.stop()
  expect(await done).toBe(0)
  expect(context.objects()[0]).toMatchObject({ engine: 'other', stats: { n: 1 } })
})

it('shows one engine alone, and names those there are', async () => {
  await books.declare('other/get-stats')
  await add({ n: 1 })
  await add({ n: 2 }, 'other/get-stats')
  const { objects } = await printed({ json: true, engine: 'other' })
  expect(objects().map(({ stats }) => stats.n)).toEqual([2])
  await expect(printed({ engine: 'nine' })).rejects.toMatchObject({
    message: 'There is no engine "nine"',
    hint: 'there is: default, other',
  })
})

it('prints whole numbers digit by digit, also those beyond 2^53', async () => {
  const wei = [`${2n ** 53n + 1n}`, `${2n ** 256n - 1n}`, `${-(2n ** 255n)}`]
  const sent = [12_345_678_901_234, ...wei]
  for (const value of sent) await add({ wei: value })
  const rows = (await printed()).output().trim().split('\n').slice(1)
  expect(rows.map(line => line.split(/ +/).at(-1))).toEqual(sent.map(String))
  const lines = (await printed({ format: 'csv' })).output().trim().split('\n').slice(1)
  expect(lines.map(line => line.split(',').at(-1))).toEqual(sent.map(String))
  const { objects } = await printed({ format: 'ndjson' })
  expect(objects().map(({ stats }) => stats.wei)).toEqual(sent)
})

it('prints no control character that an engine sent', async () => {
  const nasty = 'x\u001b[2J\n\u009b'
  await add({ price_current: nasty, [nasty]: 1 })
  for (const format of ['table', 'csv', 'ndjson']) {
    const { unpainted } = await printed({ format })
    expect(unpainted()).toMatch(/^[\P{Cc}\n]+$/u)
  }
})

it('says so when there is nothing', async () => {
  const { code, output, errors } = await printed()
  expect([code, output(), errors()]).toEqual([0, '', 'no stats\n'])
})
