import { expect, it } from 'vitest'
import { roomFor, Strip } from '../../../src/dashboard/live/strip.ts'
import { runOf } from '../../fixtures/books.ts'

function filled(...runs: Parameters<typeof runOf>[0][]): Strip {
  const strip = new Strip()
  for (const run of runs) strip.add(runOf(run), 100)
  return strip
}

it('keeps slots and calls by hand in order, each once', () => {
  const strip = filled({ slot: 30 }, { slot: 10 }, { slot: null, at: 20, request: 'r1' })
  expect(strip.add(runOf({ slot: 10 }), 100)).toBe(false)
  expect(strip.add(runOf({ slot: null, at: 20, request: 'r1' }), 100)).toBe(false)
  expect(strip.add(runOf({ slot: null, at: 20, request: 'r2' }), 100)).toBe(true)
  expect(strip.add(runOf({ slot: 20 }), 100)).toBe(true)
  expect(strip.cells.map(({ slot, manual }) => (manual ? 'by hand' : slot))).toEqual([
    ...[10, 'by hand', 'by hand', 20, 30],
  ])
})

it('drops the oldest when there is no more room', () => {
  const strip = new Strip()
  for (const slot of [3, 1, 2, 5, 4]) strip.add(runOf({ slot }), 3)
  expect(strip.cells.map(({ slot }) => slot)).toEqual([3, 4, 5])
  expect(strip.add(runOf({ slot: 1 }), 3)).toBe(true)
  expect(strip.cells.map(({ slot }) => slot)).toEqual([3, 4, 5])
})

it('says how the newest slot ended, calls by hand apart', () => {
  expect(new Strip().last).toBeNull()
  const strip = filled(
    { slot: 10, verdict: 'failed', latenessMs: 3 },
    { slot: 11, verdict: 'skipped', reason: 'paused', latenessMs: null },
    { slot: null, at: 50, latenessMs: 500 },
  )
  expect(strip.last).toMatchObject({ slot: 11, verdict: 'skipped' })
  expect(strip.recent).toEqual({ latenessP50: 3, latenessP99: 3, latenessMax: 3, successRate: 0 })
  strip.add(runOf({ slot: 12, latenessMs: 7 }), 100)
  expect(strip.recent).toMatchObject({ latenessMax: 7, successRate: 0.5 })
})

it('takes the wait before a second attempt for no lateness', () => {
  const strip = filled({ slot: 10, latenessMs: 3 }, { slot: 11, latenessMs: 800, attempts: 2 })
  expect(strip.recent).toMatchObject({ latenessP99: 3, latenessMax: 3, successRate: 1 })
  expect(strip.cells.map(({ latenessMs }) => latenessMs)).toEqual([3, 800])
})

it('knows how the engine was when it last answered', () => {
  const strip = filled({ slot: 10, at: 15, verdict: 'unknown' }, { slot: 20, verdict: 'missed' })
  expect(strip.engine).toEqual({ state: 'unknown', stateAt: null })
  strip.add(runOf({ slot: 40, at: 41, verdict: 'engine-stopped' }), 100)
  strip.add(runOf({ slot: 30, at: 31, verdict: 'succeeded' }), 100)
  strip.add(runOf({ slot: 50, at: 51, verdict: 'failed' }), 100)
  expect(strip.engine).toEqual({ state: 'stopped', stateAt: 41 })
  strip.add(runOf({ slot: 60, at: 61, verdict: 'succeeded' }), 100)
  expect(strip.engine).toEqual({ state: 'running', stateAt: 61 })
})

it('gives many schedules less room each, and never less than 20 cells', () => {
  expect([0, 1, 100, 300, 1000].map(roomFor)).toEqual([120, 120, 120, 40, 20])
})
