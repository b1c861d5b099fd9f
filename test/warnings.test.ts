import { expect, it } from 'vitest'
import type { Presence } from '../src/presence.ts'
import { type Concerns, warningsOf } from '../src/warnings.ts'

const present = (part: Presence['part'], clock = 0, gone = false) => ({
  ...{ part, name: `${part[0]}1`, version: '1', since: 0, seen: 0, clock, gone },
})
const schedule = (verdict: 'failed' | 'succeeded' | 'skipped', paused: unknown[] = []) => ({
  ...{
    schedule: { id: 'default/update-engine', engine: 'default' },
    paused,
    last: { verdict, reason: 'time-out' },
  },
})
const fine: Concerns = {
  schedules: [schedule('succeeded')],
  processes: [present('producer'), present('worker')],
  facts: { policy: 'noeviction', aof: true },
  disagreements: [],
}

it('has nothing to say of what works, or is paused', () => {
  expect(warningsOf(fine)).toEqual([])
  expect(warningsOf({ ...fine, facts: { policy: null, aof: null } })).toEqual([])
  const schedules = [schedule('failed', ['a pause']), schedule('skipped')]
  expect(warningsOf({ ...fine, schedules })).toEqual([])
  expect(warningsOf({ ...fine, schedules: [{ ...schedule('failed'), last: null }] })).toEqual([])
})

it('names slots that ended badly, an evicting Redis, and what is missing', () => {
  expect(warningsOf({ ...fine, schedules: [schedule('failed')] })).toEqual([
    'default/update-engine: the last slot ended failed (time-out)',
  ])
  const processes = [present('producer', 0, true), present('worker', 9999, true)]
  expect(
    warningsOf({ ...fine, schedules: [], processes, facts: { policy: 'allkeys-lru', aof: false } }),
  ).toEqual([
    'nothing is declared in this Redis',
    'no producer is alive: missed slots stay unnoticed',
    'no worker is alive: no calls are made',
    'Redis may evict keys (maxmemory-policy allkeys-lru): set it to noeviction',
    'Redis keeps no append-only file (AOF off): a restart of it loses verdicts, leases and pauses; set appendonly yes',
  ])
})

it('says what an engine may be all of whose calls end in 500, and what to do', () => {
  const of = (id: string, reason: string, verdict: 'failed' | 'succeeded' = 'failed') => ({
    ...{ schedule: { id, engine: id.split('/')[0] ?? '' }, paused: [], last: { verdict, reason } },
  })
  const hints = (...schedules: Concerns['schedules'][number][]) =>
    warningsOf({ ...fine, schedules }).filter(line => line.includes('/start'))
  const both = [of('a/update-engine', 'http-500'), of('a/get-stats', 'http-500')]
  expect(hints(...both, of('b/get-stats', 'refused'))).toEqual([
    'a: every call ends in 500; if its last /start failed, it says "running" and has no position: see its log, call /stop, then /start',
  ])
  expect(hints(...both, of('a/more', 'http-400'))).toEqual([])
  expect(hints(...both, of('a/more', '', 'succeeded'))).toEqual([])
  expect(hints(...both.map(it => ({ ...it, paused: ['a pause'] })))).toEqual([])
})

it('names clocks that are off by more than 250 ms', () => {
  const processes = [present('producer', -251), present('worker', 300)]
  expect(warningsOf({ ...fine, processes })).toEqual([
    'the clock of producer p1 is 251 ms behind that of Redis; keep the clocks in step (NTP)',
    'the clock of worker w1 is 300 ms ahead of that of Redis: its slots come that much early; keep the clocks in step (NTP)',
  ])
  const close = [present('producer', -250), present('worker', 250)]
  expect(warningsOf({ ...fine, processes: close })).toEqual([])
})

it('says that a dry run makes no calls, and warns when it takes slots of real workers', () => {
  const dry = { ...present('worker'), name: 'dry', dryRun: true as const }
  expect(warningsOf({ ...fine, processes: [present('producer'), dry] })).toEqual([
    'a dry run: no calls are made',
  ])
  const mixed = [present('producer'), present('worker'), dry]
  expect(warningsOf({ ...fine, processes: mixed })).toEqual([
    'dry makes no calls (--dry-run) and takes slots of workers that do: give a dry run a --prefix of its own',
  ])
})

it('says what Redis refuses a process, and not what it refused one that is gone', () => {
  const refused = (gone: boolean) => ({ ...present('worker', 0, gone), lapses: ['no right to …'] })
  const processes = [present('producer'), present('worker'), refused(false), refused(true)]
  expect(warningsOf({ ...fine, processes })).toEqual(['worker w1: no right to …'])
})
