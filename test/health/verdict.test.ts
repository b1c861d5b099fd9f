import { expect, test } from 'vitest'
import type { Check } from '../../src/health/check.ts'
import { verdictOf } from '../../src/health/verdict.ts'

const saying = (...checks: Partial<Check>[]) => ({
  checks: () =>
    checks.map(check => ({ name: 'n', probe: 'readyz', ok: true, detail: 'd', ...check }) as Check),
})
const going = { stopping: false }

test('is ok when every check of every part is', () => {
  expect(verdictOf({ a: saying({}), b: saying({}) }, going)).toMatchObject({
    status: 'ok',
    dead: [],
    notReady: [],
    checks: [{ part: 'a' }, { part: 'b' }],
  })
})

test('says of each check that fails whose it is', () => {
  const parts = { a: saying({ name: 'redis', ok: false, detail: 'gone' }), b: saying({}) }
  expect(verdictOf(parts, going)).toMatchObject({
    status: 'not-ready',
    dead: [],
    notReady: ['a: redis: gone'],
  })
})

test('needs a look, and is ready, where a check says no more than that', () => {
  const parts = { a: saying({ probe: 'healthz', ok: false, detail: 'they disagree' }) }
  expect(verdictOf(parts, going)).toMatchObject({ status: 'needs-a-look', dead: [], notReady: [] })
  expect(verdictOf(parts, { stopping: true })).toMatchObject({ status: 'not-ready' })
})

test('is not ready when it is not alive', () => {
  const parts = { a: saying({ probe: 'livez', ok: false, detail: 'stuck' }) }
  expect(verdictOf(parts, going)).toMatchObject({
    status: 'dead',
    dead: ['a: n: stuck'],
    notReady: ['a: n: stuck'],
  })
})

test('is alive and not ready while it stops', () => {
  const parts = { a: saying({ probe: 'livez', ok: false }) }
  expect(verdictOf(parts, { stopping: true })).toMatchObject({
    status: 'not-ready',
    dead: [],
    notReady: ['stopping'],
  })
})

test('is not ready before it has parts', () => {
  expect(verdictOf({}, going)).toMatchObject({ status: 'not-ready', notReady: ['starting'] })
})
