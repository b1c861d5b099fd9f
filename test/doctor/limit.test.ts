import { expect, it } from 'vitest'
import { orFine } from '../../src/doctor/finding.ts'
import { type Check, perform } from '../../src/doctor/limit.ts'

function performed(look: Check['look'], limit = 10_000) {
  const waiting = new Set<string>()
  return { waiting, done: perform({ name: 'it', limit, waiting, look }) }
}

it('makes a finding of a check that breaks', async () => {
  const { done, waiting } = performed(() => Promise.reject(new Error('NOPERM no SCAN for you')))
  expect([...waiting]).toEqual(['it'])
  expect(await done).toEqual([
    {
      check: 'it',
      level: 'failure',
      found: 'could not look: NOPERM no SCAN for you',
      advice: expect.stringContaining('the rights in docs/operations.md'),
    },
  ])
  expect([...waiting]).toEqual([])
})

it('makes a finding of a check that throws at once', async () => {
  const { done } = performed(() => {
    throw new TypeError('bug')
  })
  expect(await done).toMatchObject([{ level: 'failure', found: 'could not look: bug' }])
})

it('makes a finding of a check that does not end', async () => {
  const { done } = performed(() => new Promise(() => {}), 50)
  expect(await done).toMatchObject([{ level: 'failure', found: 'no answer within 0.05 s' }])
})

it('names ten problems and counts the rest', () => {
  const one = (level: 'failure' | 'warning') => ({ check: 'it', level, found: 'x', advice: 'y' })
  const fine = { check: 'it', level: 'ok', found: '', advice: null } as const
  const many = orFine([...Array(14).fill(one('warning')), one('failure')], fine)
  expect(many).toHaveLength(11)
  expect(many.at(-1)).toMatchObject({ level: 'failure', found: 'and so 5 more' })
  expect(orFine([], fine)).toEqual([fine])
})
