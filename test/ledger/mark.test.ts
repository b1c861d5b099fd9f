import { expect, it } from 'vitest'
import { Mark, markField } from '../../src/ledger/mark.ts'

const mark = {
  ...{ state: 'sent', token: 't', worker: 'w', attempts: 1 },
  ...{ at: 5, reason: null, status: null },
}

it('is filed under its slot, and that of a call by hand apart', () => {
  expect(markField({ key: 1000, manual: false })).toBe('1000')
  expect(markField({ key: 1000, manual: true })).toBe('m1000')
})

it('is read as it was written, and nothing else is', () => {
  expect(Mark.parse(mark)).toEqual(mark)
  expect(Mark.safeParse({ ...mark, state: 'held' }).success).toBe(false)
  expect(Mark.safeParse({ ...mark, at: null }).success).toBe(false)
  expect(Mark.safeParse('sent').success).toBe(false)
})
