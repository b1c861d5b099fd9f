import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration, parseInstant } from '../src/duration.ts'

describe('parseDuration', () => {
  it.each([
    ['10', 10_000],
    ['0.5', 500],
    ['.1', 100],
    ['4.35', 4350],
    ['250ms', 250],
    ['30s', 30_000],
    ['5 m', 300_000],
    ['1.5h', 5_400_000],
    [' 30d ', 2_592_000_000],
    ['0', 0],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', 's', '-1', '1e3', '1,5', '10x', '1h30m', '0x10', 'Infinity', '9'.repeat(400)])(
    'refuses %j',
    text => {
      expect(parseDuration(text)).toBeNull()
    },
  )
})

describe('formatDuration', () => {
  it.each([0, 1, 250, 1500, 10_000, 90_000, 3_600_000, 2_592_000_000])(
    'writes %d ms so that it reads back',
    ms => {
      expect(parseDuration(formatDuration(ms))).toBe(ms)
    },
  )

  it('takes the largest unit that is exact', () => {
    expect([1500, 90_000, 60_000, 86_400_000].map(formatDuration)).toEqual([
      '1500ms',
      '90s',
      '1m',
      '1d',
    ])
  })
})

describe('parseInstant', () => {
  const now = Date.UTC(2026, 0, 31, 12)

  it('reads durations before now, dates and epoch ms', () => {
    expect(parseInstant('15m', now)).toBe(now - 900_000)
    expect(parseInstant('2026-01-31T11:00:00Z', now)).toBe(now - 3_600_000)
    expect(parseInstant('2026-01-31', now)).toBe(Date.UTC(2026, 0, 31))
    expect(parseInstant(String(now), now)).toBe(now)
  })

  it.each(['', '1'.repeat(16), 'yesterday', '2026-13-01', 'March 2026', '-5m'])(
    'refuses %j',
    text => {
      expect(parseInstant(text, now)).toBeNull()
    },
  )
})
