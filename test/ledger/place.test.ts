import { expect, it } from 'vitest'
import { comparePlaces, type Place, readPlace, writePlace } from '../../src/ledger/place.ts'

const place: Place = { key: 1_700_000_000_000, schedule: 'ä/get-stats', manual: true }

it('reads what it wrote', () => {
  expect(readPlace(writePlace(place))).toEqual(place)
  expect(writePlace(place)).toMatch(/^[\w-]+$/)
})

it('takes nothing else for a place', () => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const others = [[1, 'a'], ['1', 'a', true], [1, 2, true], { key: 1 }, null].map(encoded)
  for (const text of ['', 'x', '%', '🙂', ...others]) expect(readPlace(text)).toBeNull()
})

it('has an order in which no two are equal', () => {
  const sorted: Place[] = [
    { key: 2, schedule: 'b', manual: true },
    { key: 1, schedule: 'a', manual: false },
    { key: 1, schedule: 'a', manual: true },
    { key: 1, schedule: 'b', manual: false },
  ]
  expect([...sorted].reverse().sort(comparePlaces)).toEqual(sorted)
  for (const one of sorted) expect(comparePlaces(one, { ...one })).toBe(0)
})
