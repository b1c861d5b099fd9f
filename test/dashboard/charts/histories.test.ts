import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Histories } from '../../../src/dashboard/charts/histories.ts'
import { openBooks, type TestBooks } from '../../fixtures/books.ts'

let books: TestBooks
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  books = openBooks()
})
afterEach(async () => {
  vi.useRealTimers()
  await books.quit()
})

it('reads once for all who look at the same', () => {
  const histories = new Histories(books)
  expect(histories.stats('e')).toBe(histories.stats('e'))
  expect(histories.calls('e/get-stats')).toBe(histories.calls('e/get-stats'))
  expect(histories.stats('f')).not.toBe(histories.stats('e'))
})

it('forgets what nobody has asked for in ten minutes', () => {
  const histories = new Histories(books)
  const [kept, forgotten] = [histories.stats('kept'), histories.stats('forgotten')]
  vi.advanceTimersByTime(500_000)
  expect(histories.stats('kept')).toBe(kept)
  vi.advanceTimersByTime(500_000)
  expect(histories.stats('kept')).toBe(kept)
  expect(histories.stats('forgotten')).not.toBe(forgotten)
})

it('holds those that were asked for last', () => {
  const histories = new Histories(books)
  const first = histories.stats('0')
  const second = histories.stats('1')
  for (let index = 2; index < 24; index++) histories.stats(`${index}`)
  expect(histories.stats('0')).toBe(first)
  histories.stats('24')
  expect(histories.stats('0')).toBe(first)
  expect(histories.stats('1')).not.toBe(second)
})
