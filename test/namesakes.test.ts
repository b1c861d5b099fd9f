import { expect, it } from 'vitest'
import { named, namesakes, sameNames } from '../src/namesakes.ts'
import type { Presence } from '../src/presence.ts'
import { defaultName, idOf, nameOf } from '../src/process-name.ts'

const process = (id: string, since: number, seen: number, change: Partial<Presence> = {}) => ({
  ...{ part: 'worker' as const, name: nameOf(id), id, version: '1', since, seen, ...change },
})

it('finds those that were alive at the same time, not one that was restarted', () => {
  const [one, two] = [process('w1#aaaa', 1000, 9000), process('w1#bbbb', 5000, 9500)]
  expect(namesakes([two, one])).toEqual([[one, two]])
  const killed = process('w1#cccc', 1000, 4900)
  expect(namesakes([killed, two])).toEqual([])
  expect(namesakes([killed, one, two])).toEqual([[killed, one, two]])
  expect(namesakes([one, process('w2#bbbb', 5000, 9500)])).toEqual([])
  expect(namesakes([one, process('w1#bbbb', 5000, 9500, { part: 'producer' })])).toEqual([])
})

it('calls those that share a name by what tells them apart', () => {
  const all = [process('w1#aaaa', 1000, 9000), process('w1#bbbb', 5000, 9500)]
  expect(named(all).map(({ name }) => name)).toEqual(['w1#aaaa', 'w1#bbbb'])
  expect(named(all.slice(1)).map(({ name }) => name)).toEqual(['w1'])
})

it('heeds clocks that are wrong', () => {
  // Its clock is 10 s ahead: it began at 5000 by that of Redis.
  const two = process('w1#bbbb', 15_000, 9500, { clock: 10_000 })
  expect(namesakes([process('w1#aaaa', 1000, 9000), two])).toHaveLength(1)
})

it('says which, and what to do', () => {
  const said = sameNames([process('w1#aaaa', 1000, 9000), process('w1#bbbb', 5000, 9500)])
  expect(said).toMatch(/^2 workers are named w1 \(w1#aaaa since .*, w1#bbbb since .*--worker-name/)
})

it('gives a process a name that no other one bears', () => {
  expect(defaultName()).toContain(`:${globalThis.process.pid}:`)
  expect(idOf('w1')).toMatch(/^w1#[0-9a-z]{4}$/)
  expect(nameOf(idOf('a#b:c'))).toBe('a#b:c')
  expect(nameOf('w1')).toBe('w1')
})
