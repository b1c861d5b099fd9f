import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { written } from '../src/command.ts'

it('waits for a reader who is slow, and not for one who is not', async () => {
  const output = new PassThrough({ highWaterMark: 10 })
  await written(output, 'short')
  let waits = true
  const writing = written(output, 'longer than that').then(() => {
    waits = false
  })
  await new Promise(resolve => setImmediate(resolve))
  expect(waits).toBe(true)
  output.resume()
  await writing
})
