import { expect, onTestFinished, test } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { pause, resume } from '../../src/ledger/pauses.ts'
import { Memory } from '../../src/producer/memory.ts'
import { openBooks } from '../fixtures/books.ts'

const PAUSED = 'default/update-engine'

/** A memory, and another connection by which Redis gets and loses what it should remember. */
function setup() {
  const [books, { redis: other, quit }] = [openBooks(), openBooks()]
  onTestFinished(async () => {
    await Promise.all([books.quit(), quit()])
  })
  const { redis, keys } = books
  const events = createEvents()
  const said: string[] = []
  const wish = { target: PAUSED, reason: 'r', by: 'me', via: 'command line' } as const
  events.on('repaired', ({ what }) => said.push(what))
  return {
    memory: new Memory({ redis, keys, events }),
    said,
    declare: (began: number) =>
      other.hset(keys.declaration, { at: 1, by: 'somebody', began }).then(() => undefined),
    pause: () => other.hset(keys.paused, PAUSED, 'why'),
    resume: () => other.hdel(keys.paused, PAUSED),
    resumeByAction: () => resume(other, keys, wish),
    pauseByAction: () => pause(other, keys, wish),
    lose: () => other.del(keys.declaration, keys.paused),
    paused: () => other.hget(keys.paused, PAUSED),
  }
}

test('pauses are put back, whenever between two commands Redis loses them', async () => {
  const { memory, declare, pause, lose, paused } = setup()
  for (let began = 1; began <= 200; began += 1) {
    await declare(began)
    await pause()
    await memory.standing()
    await Promise.all([memory.standing(), lose()])
    await memory.standing()
    expect([began, await paused()]).toEqual([began, 'why'])
  }
})

test('pauses are put back when another producer has declared before it was noticed', async () => {
  const { memory, said, declare, pause, lose, paused } = setup()
  await declare(1)
  await pause()
  await memory.standing()
  await lose()
  await declare(2)
  expect(await memory.standing()).toEqual({ at: 1, by: 'somebody' })
  expect(await paused()).toBe('why')
  expect(said).toEqual([`Redis had lost what was declared; still paused: ${PAUSED}`])
})

test('pauses are put back once more when they are lost again before anybody declared', async () => {
  const { memory, declare, pause, lose, paused } = setup()
  await declare(1)
  await pause()
  await memory.standing()
  await lose()
  await memory.standing()
  await lose()
  await declare(2)
  await memory.standing()
  expect(await paused()).toBe('why')
})

test('what was resumed after the loss is not paused again by who notices it later', async () => {
  const { memory, declare, pause, resumeByAction, lose, paused } = setup()
  await declare(1)
  await pause()
  await memory.standing()
  await lose()
  await declare(2)
  await pause()
  await resumeByAction()
  await memory.standing()
  expect(await paused()).toBe(null)
})

test('what was resumed and paused again before the loss is put back', async () => {
  const { memory, declare, pause, resumeByAction, pauseByAction, lose, paused } = setup()
  await declare(1)
  await pause()
  await memory.standing()
  await resumeByAction()
  await pauseByAction()
  await lose()
  await declare(2)
  await memory.standing()
  expect(await paused()).toBe('why')
})

test('what was resumed stays resumed, after a loss too', async () => {
  const { memory, said, declare, pause, resume, lose, paused } = setup()
  await declare(1)
  await pause()
  await memory.standing()
  await resume()
  await memory.standing()
  expect(await paused()).toBe(null)
  await lose()
  await memory.standing()
  await declare(2)
  await memory.standing()
  expect(await paused()).toBe(null)
  expect(said).toEqual(['Redis had lost what was declared'])
})
