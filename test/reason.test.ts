import { expect, it } from 'vitest'
import { reasonOf, reasonTyped } from '../src/reason.ts'

it('takes a line for everybody to see', () => {
  expect(reasonOf('  a gas spike ', true)).toBe('a gas spike')
  expect(reasonOf(undefined, false)).toBe('')
  expect(reasonOf('👍'.repeat(200), true)).toHaveLength(400)
})

it.each([
  [' ', true, 'expected why, for everybody to see'],
  ['👍'.repeat(201), false, 'expected at most 200 characters, got 201'],
  ['a\u001b[2J', false, 'expected no control characters'],
  ['a\u202eb', false, 'expected no control characters'],
])('refuses %j', (given, required, message) => {
  expect(() => reasonOf(given, required)).toThrow(message)
  expect(() => reasonTyped(given, required)).toThrow(`--reason: ${message}`)
})
