import { afterEach, beforeEach, expect, it } from 'vitest'
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

async function fill() {
  const verdicts = ['succeeded', 'failed', 'unknown', 'skipped'] as const
  for (let index = 1; index <= 8; index++) {
    const verdict = verdicts[index % 4] ?? 'succeeded'
    const schedule = index % 2 === 0 ? 'default/update-engine' : 'other/get-stats'
    await books.record({ schedule, slot: begin + index * 1000, verdict })
  }
}

it('prints CSV as the dashboard exports it', async () => {
  await fill()
  await books.record({ slot: begin + 9000, verdict: 'failed', detail: '=1+1' })
  const { output } = await printed({ format: 'csv', limit: 2 })
  const [head, ...lines] = output().trimEnd().split('\n')
  expect(head).toBe(
    'schedule,engine,job,slot,verdict,reason,latenessMs,durationMs,attempts,status,worker,at,' +
      'manual,asked,request,count,to,detail,fence',
  )
  expect(lines[0]).toMatch(`default/update-engine,default,update-engine,${begin + 8000},succeeded,`)
  expect(lines[1]).toContain(",'=1+1,")
})

it('fits 80 columns, with what went wrong below each run', async () => {
  await fill()
  const detail = '503 Service Unavailable: upstream connect error or disconnect before headers'
  const worker = 'engine-room-1:12345'
  const wrong = { verdict: 'failed', reason: 'http-503', status: 503, attempts: 3 } as const
  await books.record({ slot: begin + 9000, ...wrong, worker, detail })
  const context = commandContext({ prefix: books.prefix, argv: { limit: 3 } })
  await runs({ ...context, env: { ...context.env, COLUMNS: '80' } })
  const lines = context.output().trimEnd().split('\n')
  expect(lines.filter(line => line.length > 80)).toEqual([])
  expect(lines[0]).toMatch(/^slot \(UTC\S*\) +schedule +verdict +reason +late +took$/)
  expect(lines.slice(-3)).toEqual([
    expect.stringMatching(/ default\/update-engine +failed +http-503 +1 ms +20 ms$/),
    '  3 attempts, HTTP 503, engine-room-1:12345: 503 Service Unavailable: upstream',
    '  connect error or disconnect before headers',
  ])
})

it('prints a table for people, oldest first', async () => {
  await fill()
  await books.record({ slot: begin + 9000, verdict: 'failed', reason: 'http-503', status: 503 })
  const { output } = await printed({})
  const lines = output().trimEnd().split('\n')
  expect(lines).toHaveLength(10)
  expect(lines[0]).toMatch(
    /^slot \(UTC\S*\) +schedule +verdict +reason +late +took +attempts +HTTP +worker/,
  )
  expect(lines[9]).toMatch(/default\/update-engine +failed +http-503 +1 ms +20 ms +1 +503 +w1$/)
})

it('prints no control character that stands in Redis', async () => {
  const nasty = 'x\u001b[2J\n\u009b31m\u202e'
  await books.record({ slot: begin + 1000, worker: nasty, reason: nasty, detail: nasty })
  for (const json of [true, false]) {
    const { raw, unpainted } = await printed({ json })
    expect(unpainted()).toMatch(/^[\P{Cc}\n]+$/u)
    expect(raw()).not.toContain('\u202e')
  }
})
