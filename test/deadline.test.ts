import { expect, test } from 'vitest'
import { doneWithin } from '../src/deadline.ts'

test('is true for what is done in time, well or badly', async () => {
  expect(await doneWithin(1000, Promise.resolve())).toBe(true)
  expect(await doneWithin(1000, Promise.reject(new Error('no')))).toBe(true)
})

test('is false for what is not, whose failure later on is nobody else’s business', async () => {
  let fail = (_: Error) => {}
  const work = new Promise((_, reject) => {
    fail = reject
  })
  expect(await doneWithin(1, work)).toBe(false)
  fail(new Error('late'))
  await expect(work).rejects.toThrow('late')
})
