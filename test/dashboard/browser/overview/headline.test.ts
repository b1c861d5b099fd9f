import { expect, it } from 'vitest'
import { headline } from '../../../../src/dashboard/browser/overview/headline.ts'
import type { Cell, OverviewView, ScheduleView } from '../../../../src/dashboard/views.ts'

const NOW = 1_700_000_000_000

function cell(change: Partial<Cell> = {}): Cell {
  const timing = { slot: NOW - 1000, at: NOW - 900, latenessMs: 1, durationMs: 90 }
  return { ...timing, verdict: 'succeeded', reason: null, ...change }
}

function schedule(id: string, change: Partial<ScheduleView> = {}): ScheduleView {
  return {
    ...{ id, engine: 'a', job: 'get-stats', cadence: 'every 5 s', interval: 5000 },
    ...{ next: NOW + 4000, flight: null, paused: [], cells: [cell()] },
    ...{ latenessP50: 1, latenessP99: 2, latenessMax: 3, successRate: 1 },
    books: { since: 0, closed: 0, due: 0, verdicts: {} },
    ...change,
  }
}

function view(schedules: ScheduleView[], change: Partial<OverviewView> = {}): OverviewView {
  const facts = { version: null, memoryBytes: null, aof: null, policy: null, hz: null }
  return {
    ...{ now: NOW, version: '1', write: false, prefix: '{p}', lostSince: null, warnings: [] },
    ...{ redis: { address: '', ...facts }, engines: [], processes: [], schedules },
    ...change,
  }
}

const PAUSED = [{ target: 'a/x', reason: 'r', since: 1, by: 'me' }]
const FLIGHT = { key: 1, worker: 'w', fence: 1, since: null, settling: true, until: NOW + 5000 }

it.each<[string, ScheduleView[], string, string]>([
  ['all is well', [schedule('a/x'), schedule('a/y')], 'good', 'All 2 schedules are on time'],
  ['there is one', [schedule('a/x')], 'good', 'The schedule is on time'],
  ['nothing is declared', [], 'idle', 'Nothing is declared yet: start a producer'],
  ['nothing has ended', [schedule('a/x', { cells: [] })], 'idle', 'No slot has ended yet'],
  [
    'one is paused',
    [schedule('a/x', { paused: PAUSED }), schedule('a/y')],
    'good',
    '1 of 2 schedules is on time, 1 paused',
  ],
  ['all are paused', [schedule('a/x', { paused: PAUSED })], 'idle', 'The schedule is paused: no'],
  ['calls are late', [schedule('a/x', { latenessP50: 400 })], 'look', 'The schedule is working,'],
])('says how it is when %s', (_, schedules, tone, text) => {
  const said = headline(view(schedules), null, NOW)
  expect(said.tone).toBe(tone)
  expect(said.text).toContain(text)
})

it.each<[string, Partial<ScheduleView>]>([
  ['a/x: the last slot ended failed (http-400)', ended('failed', 'http-400')],
  ['a/x: the last slot ended unknown (time-out)', ended('unknown', 'time-out')],
  ['a/x: the last slot ended missed (no reason)', ended('missed', null)],
  ['a/x: the last slot was skipped (overlap)', ended('skipped', 'overlap')],
  ['a/x: its engine says that it is stopped', ended('engine-stopped', null)],
  ['a/x: an answer was lost', { ...ended('skipped', 'overlap'), flight: FLIGHT }],
  ['a/x: no slot has ended for 10 min', { cells: [cell({ at: NOW - 600_000 })] }],
])('asks for a look: %s', (line, change) => {
  const schedules = [schedule('a/x', change), schedule('a/y')]
  // The server says it of an older cell.
  const warnings = ['a/x: the last slot ended failed (older)']
  const said = headline(view(schedules, { warnings }), null, NOW)
  expect(said).toMatchObject({ tone: 'look', text: '1 of 2 schedules needs a look' })
  expect(said.lines).toHaveLength(1)
  expect(said.lines[0]).toContain(line)
})

it('says once what an engine may be all of whose calls end in 500, from the newest cells', () => {
  const failing = ended('failed', 'http-500')
  const hints = (schedules: ScheduleView[], warnings: string[] = []) =>
    headline(view(schedules, { warnings }), null, NOW).lines.filter(it => it.includes('/start'))
  const both = [schedule('a/x', failing), schedule('a/y', failing)]
  const [hint = '', ...more] = hints(both)
  expect(hint).toMatch(/^a: every call ends in 500; if its last \/start failed/)
  expect(more).toEqual([])
  // The server says it as well, and some seconds longer.
  expect(hints(both, [hint])).toEqual([hint])
  expect(hints([schedule('a/x', failing), schedule('a/y')], [hint])).toEqual([])
})

it('asks for no look at what is paused, a call by hand, or one that takes its time', () => {
  const quiet = cell({ at: NOW - 600_000 })
  const schedules = [
    schedule('a/1', { ...ended('failed', null), paused: PAUSED }),
    schedule('a/2', { cells: [cell(), cell({ slot: null, manual: true, verdict: 'failed' })] }),
    schedule('a/3', { cells: [quiet], flight: { ...FLIGHT, settling: false } }),
    schedule('a/4', { cells: [quiet], interval: null }),
  ]
  expect(headline(view(schedules), null, NOW).lines).toEqual([])
})

it('puts first what stops everything', () => {
  const warnings = ['no worker is alive: no calls are made']
  const alone = headline(view([schedule('a/x')], { warnings }), null, NOW)
  expect(alone).toMatchObject({ tone: 'bad', text: 'No worker is alive: no calls are made' })
  const failing = [schedule('a/x', ended('failed', null))]
  expect(headline(view(failing, { warnings }), null, NOW).text).toBe('2 things need a look')
})

it('says first that what it knows is old', () => {
  const lost = headline(view([schedule('a/x')]), NOW - 1000, NOW)
  expect(lost.tone).toBe('bad')
  expect(lost.text).toMatch(
    /^This page has heard nothing since .*: what stands here is from before$/,
  )
  const outage = headline(view([schedule('a/x')], { lostSince: NOW }), null, NOW)
  expect(outage.text).toMatch(/^Redis has not answered since /)
})

function ended(verdict: Cell['verdict'], reason: string | null): Partial<ScheduleView> {
  return { cells: [cell(), cell({ verdict, reason })] }
}
