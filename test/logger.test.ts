import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, expect, it, vi } from 'vitest'
import { createEvents, type Events } from '../src/events.ts'
import { VERDICTS } from '../src/ledger/run.ts'
import { attachLogger, type LoggerOptions } from '../src/logger.ts'
import { runOf } from './fixtures/books.ts'

const slot = Date.parse('2026-03-01T12:00:00Z')

let detach = () => {}
afterEach(() => detach())

function log(options: Partial<LoggerOptions> & { isTTY?: boolean } = {}) {
  const { isTTY = false, ...rest } = options
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  const events: Events = createEvents()
  detach = attachLogger(events, {
    ...{ level: 'debug', format: 'json', stream: Object.assign(stream, { isTTY }) },
    ...rest,
  })
  const lines = () => stripVTControlCharacters(text).split('\n').slice(0, -1)
  return { events, lines, objects: () => lines().map(line => JSON.parse(line)) }
}

it('writes a run with everything that is known of it', () => {
  const { events, objects } = log()
  const run = runOf({ slot, attempts: 2, fence: 5 })
  events.emit('run', run)
  const [line] = objects()
  expect(line).toMatchObject({ ...run, event: 'run', level: 'info' })
  expect(line.message).toMatch(/default\/update-engine .* succeeded, 1 ms late, took 20 ms, 2 att/)
  expect(Date.parse(line.timestamp)).toBeLessThanOrEqual(Date.now())
})

it.each(VERDICTS)('knows how bad it is that a run %s', verdict => {
  const { events, objects } = log()
  events.emit('run', runOf({ slot, verdict }))
  const bad = { failed: 'error', unknown: 'error', succeeded: 'info' } as Record<string, string>
  expect(objects()[0].level).toBe(bad[verdict] ?? 'warn')
})

it('says what was called by hand, why a run ended, and nothing that does not apply', () => {
  const { events, lines } = log({ format: 'text' })
  const nothing = { latenessMs: null, durationMs: null, attempts: 0 }
  events.emit('run', runOf({ slot: null, verdict: 'skipped', reason: 'overlap', ...nothing }))
  expect(lines()[1]).toMatch(/default\/update-engine by hand skipped \(overlap\)$/)
})

it('names day and zone on a terminal before the first line and when they change', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 2, 1, 23, 59, 59, 900) })
  const { events, lines } = log({ format: 'text' })
  const say = () => events.emit('stopped', { part: 'worker', detail: 'w' })
  say()
  say()
  vi.setSystemTime(new Date(2026, 2, 2, 0, 0, 0, 100))
  say()
  vi.useRealTimers()
  expect(lines()).toEqual([
    expect.stringMatching(/^2026-03-01 UTC\S*$/),
    '23:59:59.900 worker stopped',
    '23:59:59.900 worker stopped',
    expect.stringMatching(/^2026-03-02 UTC\S*$/),
    '00:00:00.100 worker stopped',
  ])
})

it('says times to programs in UTC', () => {
  const { events, objects } = log()
  events.emit('run', runOf({ slot, verdict: 'succeeded' }))
  expect(objects()[0].message).toContain('default/update-engine 2026-03-01T12:00:00.000Z succeeded')
})

it('says who paused what and why, and that it is over', () => {
  const { events, lines } = log({ format: 'text' })
  events.emit('paused', { target: 'default', reason: 'gas\u001b[2J', since: slot, by: 'ann@here' })
  events.emit('resumed', { target: 'default', by: 'bob', reason: 'over' })
  events.emit('resumed', { target: 'default', by: null, reason: null })
  expect(
    lines()
      .slice(1)
      .map(line => line.replace(/^\S+( \S+)? (?=default)/, '')),
  ).toEqual([
    expect.stringMatching(/^default has been paused since .* by ann@here: gas\\u001b\[2J$/),
    'default was resumed by bob: over',
    'default is no longer paused',
  ])
})

it.each([
  ['auto', true, false],
  ['auto', false, true],
  ['json', true, true],
  ['text', false, false],
] as const)('with format %s, on a terminal: %s, writes JSON: %s', (format, isTTY, json) => {
  const { events, lines } = log({ format, isTTY })
  events.emit('stopped', { part: 'worker', detail: 'w' })
  expect(lines()[0]?.startsWith('{')).toBe(json)
})

it('leaves out what is below its level', () => {
  const { events, objects } = log({ level: 'error' })
  events.emit('started', { part: 'worker', detail: 'w' })
  events.emit('warning', { part: 'worker', message: 'odd' })
  events.emit('redis-lost', { part: 'worker', error: 'refused' })
  expect(objects().map(({ event }) => event)).toEqual(['redis-lost'])
})

it('has a line for every event', () => {
  const { events, objects } = log()
  const schedule = 'default/get-stats'
  events.emit('retry', { schedule, slot, attempt: 1, reason: 'http-503', delay: 5 })
  events.emit('gave-back', { schedule, slot })
  events.emit('record-delayed', { schedule, slot, error: 'OOM', delay: 1000 })
  events.emit('declared', { schedule, change: 'added' })
  const differing = { by: 'p2', at: slot, differences: [`${schedule} every 5 s, not every 10 s`] }
  events.emit('declaration-superseded', differing)
  events.emit('declaration-refused', {
    what: 'this would remove x, still declared by p2',
    ...differing,
  })
  events.emit('producers-disagree', { producer: 'p3', since: slot, ...differing })
  events.emit('producers-agree', {})
  events.emit('company', { part: 'worker' })
  events.emit('repaired', { schedule: null, what: 'the queue had been paused' })
  events.emit('closed', { schedule, from: slot, to: slot, count: 1, verdict: 'missed' })
  events.emit('closed', { schedule, from: slot, to: slot, count: 3, verdict: 'unknown' })
  events.emit('login', { engine: 'default', via: 'refresh', life: null })
  events.emit('login-failed', { engine: 'default', reason: 'login-refused', retryAt: slot })
  events.emit('redis-ready', { part: 'worker' })
  events.emit('warning', { part: 'worker', message: 'odd' })
  const said = objects().map(({ level, event, message }) => `${level} ${event} ${message}`)
  expect(said).toEqual([
    'warn retry default/get-stats: attempt 1 failed (http-503), again in 5 ms',
    'info gave-back default/get-stats: given back unsent',
    'error record-delayed default/get-stats: verdict not recorded yet (OOM), again in 1000 ms',
    'info declared default/get-stats: added',
    expect.stringMatching(
      /^warn declaration-superseded p2 declared other schedules at .*; they count instead of ours: default\/get-stats every 5 s, not every 10 s$/,
    ),
    expect.stringMatching(
      /^error declaration-refused .* this would remove x, still declared by p2; .*--force/,
    ),
    expect.stringMatching(
      /^warn producers-disagree producer p3 \(since .* p2 declared .*every 5 s/,
    ),
    'info producers-agree all producers declare the same again',
    "info company worker: the other part is alive, and no other process has this one's name",
    'warn repaired queue: repaired, the queue had been paused',
    'warn closed default/get-stats: 1 slot missed',
    'error closed default/get-stats: 3 slots unknown',
    'info login default: token by refresh',
    expect.stringContaining('error login-failed default: no token (login-refused), next try'),
    'info redis-ready worker: Redis is back',
    'warn warning worker: odd',
  ])
})

it('takes in what libraries print, until it is detached', () => {
  const { warn } = console
  const { events, objects } = log()
  console.warn('IMPORTANT!', 'eviction policy')
  console.error(new Error('odd'))
  expect(objects()).toMatchObject([
    { level: 'warn', message: 'IMPORTANT! eviction policy' },
    { level: 'warn', message: 'Error: odd' },
  ])
  detach()
  expect(console.warn).toBe(warn)
  events.emit('warning', { part: 'worker', message: 'unheard' })
  expect(objects()).toHaveLength(2)
})
