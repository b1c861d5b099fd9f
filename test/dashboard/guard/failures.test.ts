import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Failures, networkOf } from '../../../src/dashboard/guard/failures.ts'
import { createEvents } from '../../../src/events.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function counting() {
  const events = createEvents()
  const announced: { address: string; until: number | null }[] = []
  events.on('dashboard-refused', event => announced.push(event))
  const failures = new Failures({ events })
  const fail = async (times: number, address = '10.0.0.1') => {
    for (let at = 0; at < times; at++) await failures.add(address)
  }
  return { failures, fail, announced }
}

it('hears an address that fails now and then', async () => {
  const { failures, fail } = counting()
  for (let minute = 0; minute < 10; minute++) {
    await fail(4)
    expect(await failures.blocked('10.0.0.1')).toBe(0)
    vi.advanceTimersByTime(60_001)
  }
})

it('does not hear it for longer each time, up to a quarter of an hour', async () => {
  const { failures, fail, announced } = counting()
  const blocks: number[] = []
  for (let at = 0; at < 6; at++) {
    await fail(5)
    const seconds = await failures.blocked('10.0.0.1')
    blocks.push(seconds)
    expect(announced.at(-1)).toEqual({ address: '10.0.0.1', until: Date.now() + seconds * 1000 })
    vi.advanceTimersByTime(seconds * 1000 - 1)
    expect(await failures.blocked('10.0.0.1')).toBe(1)
    vi.advanceTimersByTime(2)
    expect(await failures.blocked('10.0.0.1')).toBe(0)
  }
  expect(blocks).toEqual([60, 120, 240, 480, 900, 900])
  // Two lines for each block: the first failure, and the block.
  expect(announced).toHaveLength(12)
})

it('forgets in time', async () => {
  const { failures, fail } = counting()
  await fail(5)
  vi.advanceTimersByTime(3_600_001)
  await fail(5)
  expect(await failures.blocked('10.0.0.1')).toBe(60)
})

it('counts a network of IPv6 as one, and others apart', async () => {
  const { failures, fail } = counting()
  for (let at = 1; at <= 5; at++) await fail(1, `2001:db8:0:1::${at}`)
  expect(await failures.blocked('2001:db8:0:1:ffff::9')).toBe(60)
  // One in 4096 of them has the same drawer.
  const others = Array.from({ length: 50 }, (_, at) => [`2001:db8:0:${at + 2}::1`, `10.0.0.${at}`])
  const blocks = await Promise.all(others.flat().map(other => failures.blocked(other)))
  expect(blocks.filter(seconds => seconds > 0).length).toBeLessThan(10)
})

it('keeps no more for ever more addresses', async () => {
  const { fail } = counting()
  for (let at = 0; at < 5000; at++) await fail(1, `10.0.${at >> 8}.${at & 255}`)
  const before = vi.getTimerCount()
  for (let at = 0; at < 5000; at++) await fail(1, `10.1.${at >> 8}.${at & 255}`)
  for (let at = 0; at < 5000; at++) await fail(1, `10.2.${at >> 8}.${at & 255}`)
  expect(vi.getTimerCount()).toBeGreaterThan(before / 2)
  // Each drawer has a timer for its failures, and one for its blocks.
  expect(vi.getTimerCount()).toBeLessThanOrEqual(2 * 4096)
})

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::1', '0:0:0:0'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:0db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['1:2:3:4:5:6:7::', '1:2:3:4'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['unknown', 'unknown'],
])('takes %s to be of %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
