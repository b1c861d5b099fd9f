import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest'
import { createEvents } from '../src/events.ts'
import { pause, resume } from '../src/ledger/pauses.ts'
import { PauseWatch } from '../src/pause-watch.ts'
import { openBooks, type TestBooks } from './fixtures/books.ts'
import { BASE } from './fixtures/config.ts'

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

/** What a process announces of pauses. */
function watched() {
  const events = createEvents()
  const heard: unknown[] = []
  events.on('paused', ({ target, by, reason }) => heard.push(['paused', target, by, reason]))
  events.on('resumed', ({ target, by, reason }) => heard.push(['resumed', target, by, reason]))
  const redis = { url: inject('redisUrl'), prefix: books.prefix, ca: null }
  const config = { ...BASE, engines: [], worker: { name: 'test', id: 'test' }, redis }
  const watch = new PauseWatch({ config, events })
  return { watch, heard }
}

const act = (target: string, reason: string) => ({ target, reason, by: 'ann@here' })
const until = (heard: unknown[], expected: unknown[]) =>
  vi.waitFor(() => expect(heard).toEqual(expected), 20_000)

it('says in every process when a pause begins, changes and ends', async t => {
  const { redis, keys } = books
  const via = 'dashboard' as const
  await pause(redis, keys, { ...act('default', 'a gas spike'), via })
  const all = [watched(), watched()]
  t.onTestFinished(() => Promise.all(all.map(({ watch }) => watch.stop())).then(() => {}))
  for (const { watch } of all) await watch.start()
  const expected: unknown[] = [['paused', 'default', 'ann@here', 'a gas spike']]
  for (const { heard } of all) await until(heard, expected)
  await pause(redis, keys, { ...act('default', 'still'), via })
  expected.push(['paused', 'default', 'ann@here', 'still'])
  for (const { heard } of all) await until(heard, expected)
  await resume(redis, keys, { ...act('default', 'over'), via })
  expected.push(['resumed', 'default', 'ann@here', 'over'])
  for (const { heard } of all) await until(heard, expected)
  await redis.hset(keys.paused, 'x', '{"reason":"r","since":1,"by":"b"}')
  expected.push(['paused', 'x', 'b', 'r'])
  for (const { heard } of all) await until(heard, expected)
  // By somebody who left no trace.
  await redis.hdel(keys.paused, 'x')
  expected.push(['resumed', 'x', null, null])
  for (const { heard } of all) await until(heard, expected)
})
