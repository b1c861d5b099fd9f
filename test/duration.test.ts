import { describe, expect, it, onTestFinished, vi } from 'vitest'
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
    ['5 min', 300_000],
    ['1h30m', 5_400_000],
    ['2d 12h', 216_000_000],
    ['1m0.5s', 60_500],
    ['1s1ms', 1001],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each([
    '',
    's',
    '-1',
    '1e3',
    '1,5',
    '10x',
    '30m1h',
    '1h1h',
    '1h30',
    '1.5h30m',
    '0x10',
    'Infinity',
    '9'.repeat(400),
  ])('refuses %j', text => {
    expect(parseDuration(text)).toBeNull()
  })
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

  it('reads durations before now, and epoch ms', () => {
    for (const text of ['15m', '15m ago', '15 min AGO']) {
      expect(parseInstant(text, now)).toBe(now - 900_000)
    }
    expect(parseInstant('1h30m ago', now)).toBe(now - 5_400_000)
    expect(parseInstant(String(now), now)).toBe(now)
    expect(parseInstant('now', now)).toBe(now)
  })

  it.each(['UTC', 'America/New_York', 'Asia/Kolkata'])('takes a time for local in %s', zone => {
    vi.stubEnv('TZ', zone)
    onTestFinished(() => void vi.unstubAllEnvs())
    const noon = new Date(2026, 0, 31, 12).getTime()
    expect(parseInstant('2026-01-31', noon)).toBe(new Date(2026, 0, 31).getTime())
    expect(parseInstant('2026-01-31T11:00', noon)).toBe(noon - 3_600_000)
    expect(parseInstant('2026-01-31 11:00:00.5', noon)).toBe(noon - 3_599_500)
    expect(parseInstant('today', noon)).toBe(new Date(2026, 0, 31).getTime())
    expect(parseInstant('yesterday', noon)).toBe(new Date(2026, 0, 30).getTime())
    expect(parseInstant('Yesterday', new Date(2026, 2, 1, 9).getTime())).toBe(
      new Date(2026, 1, 28).getTime(),
    )
  })

  it.each(['Z', 'z', ' UTC', '+00:00', '-00', '+05:30', '-0330', '+02'])(
    'heeds the zone %s',
    zone => {
      vi.stubEnv('TZ', 'Asia/Tokyo')
      onTestFinished(() => void vi.unstubAllEnvs())
      const ahead = { '+05:30': 330, '-0330': -210, '+02': 120 }[zone] ?? 0
      expect(parseInstant(`2026-01-31T11:00:00${zone}`, now)).toBe(now - (60 + ahead) * 60_000)
    },
  )

  it.each([
    ...['', '1'.repeat(16), '1769860800', 'tomorrow', '2026-13-01', 'March 2026', '-5m', 'ago'],
    ...['2026-02-29', '2026-01-31T24:00', '2026-01-31T1:00', '2026-01-31Z', '2026-01-31T12:00 CET'],
    ...['2026-01-31T12', '2026-1-31', '31.01.2026', '20260131'],
    ...['2026-01-31T12:00+15:00', '2026-01-31T12:00+99', '2026-01-31T12:00-02:60'],
  ])('refuses %j', text => {
    expect(parseInstant(text, now)).toBeNull()
  })
})
