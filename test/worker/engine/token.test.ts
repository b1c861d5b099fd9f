import { expect, it } from 'vitest'
import { condition, readToken } from '../../../src/worker/engine/token.ts'
import { sign } from '../../fixtures/jwt.ts'

const NOW = 1_800_000_000_000

function token(times: { iat?: number; exp?: number }) {
  return sign({ sub: 'a', type: 'access', jti: 1, ...times }, 'secret')
}

it('counts the life of a token from the request for it, whatever the engine takes for now', () => {
  const read = readToken(token({ iat: 1000, exp: 1600 }), NOW, NOW + 50)
  expect(read).toMatchObject({ life: 600_000, expiresAt: NOW + 600_000, obtainedAt: NOW + 50 })
})

it('takes exp by our clock when the token does not say when it was issued', () => {
  const read = readToken(token({ exp: NOW / 1000 + 60 }), NOW, NOW)
  expect(read).toMatchObject({ life: 60_000, expiresAt: NOW + 60_000 })
})

it.each([
  ['a token without exp', token({ iat: 5 })],
  ['a token that expired by our clock before it came', token({ exp: 5 })],
  ['a token that is no JWT', 'opaque'],
])('knows no life of %s', (_, access) => {
  const read = readToken(access, NOW, NOW)
  expect(read).toMatchObject({ life: null, expiresAt: null })
  expect(condition(read, NOW + 1e12)).toBe('fresh')
})

it.each([
  [600, 541, 'ageing'],
  [600, 539, 'fresh'],
  [600, 599.5, 'spent'],
  [10, 7.9, 'fresh'],
  [10, 8.1, 'ageing'],
  [2, 0, 'fresh'],
  [2, 1.2, 'ageing'],
  [2, 1.6, 'spent'],
])('of a life of %d s, after %d s it is %s', (life, after, expected) => {
  const read = readToken(token({ iat: 1000, exp: 1000 + life }), NOW, NOW)
  expect(condition(read, NOW + after * 1000)).toBe(expected)
})
