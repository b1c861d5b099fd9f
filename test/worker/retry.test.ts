import { expect, it } from 'vitest'
import { nextRetry, type RetryQuestion } from '../../src/worker/retry.ts'

const ask = (question: Partial<RetryQuestion>) =>
  nextRetry({
    ...{ attempt: 1, attempts: 5, backoff: 100, retryAfter: null },
    ...{ now: 0, nextSlot: Number.POSITIVE_INFINITY, random: 0 },
    ...question,
  })

it('doubles with every attempt, between half the delay and all of it, up to a minute', () => {
  expect([1, 2, 3, 4].map(attempt => ask({ attempt }))).toEqual([50, 100, 200, 400])
  expect([1, 2, 3, 4].map(attempt => ask({ attempt, random: 0.999 }))).toEqual([
    ...[100, 200, 400, 800],
  ])
  expect(ask({ attempt: 50, attempts: 99, random: 1 })).toBe(60_000)
})

it('makes no more attempts than there may be', () => {
  expect(ask({ attempt: 4 })).not.toBeNull()
  expect(ask({ attempt: 5 })).toBeNull()
  expect(ask({ attempts: 1 })).toBeNull()
})

it('lets the next slot win', () => {
  expect(ask({ now: 1000, nextSlot: 1051 })).toBe(50)
  expect(ask({ now: 1000, nextSlot: 1050 })).toBeNull()
})

it('waits as long as the engine asked for', () => {
  expect(ask({ retryAfter: 3000, nextSlot: 3001 })).toBe(3000)
  expect(ask({ retryAfter: 3000, nextSlot: 3000 })).toBeNull()
  expect(ask({ retryAfter: 0 })).toBe(1)
})
