import { expect, it } from 'vitest'
import { parseRun } from '../../src/ledger/ledger.ts'
import { Run, VERDICTS } from '../../src/ledger/run.ts'
import { runOf } from '../fixtures/books.ts'

it('is read as it was written, whatever its verdict', () => {
  for (const verdict of VERDICTS) {
    const run = runOf({ slot: 1000, verdict, reason: 'a-code', detail: 'more', fence: 7 })
    expect(parseRun(JSON.stringify(run))).toEqual([run])
  }
})

it('may be a long gap, or a call by hand', () => {
  const gap = runOf({ slot: 1000, verdict: 'missed', count: 3, to: 3000 })
  const byHand = runOf({ slot: null, request: 'x' })
  expect([gap, byHand].map(run => Run.safeParse(run).success)).toEqual([true, true])
})

it.each([
  ...['', 'garbage', 'null', '[]', '{}'],
  JSON.stringify({ ...runOf({ slot: 1 }), verdict: 'perhaps' }),
  JSON.stringify({ ...runOf({ slot: 1 }), attempts: -1 }),
])('leaves out what is none: %s', json => {
  expect(parseRun(json)).toEqual([])
})
