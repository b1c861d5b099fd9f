import { afterEach, beforeEach, expect, it } from 'vitest'
import { actionsBefore } from '../../src/ledger/actions.ts'
import { pause, pauses, resume } from '../../src/ledger/pauses.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

const wish = { target: 'default', by: 'ops@here', via: 'command line' } as const

it('keeps a pause with its reason until it is resumed, and who wanted what', async () => {
  const { redis, keys } = books
  const paused = await pause(redis, keys, { ...wish, reason: 'a gas spike' })
  expect(paused.before).toBeNull()
  const why = { reason: 'a gas spike', since: expect.any(Number), by: 'ops@here' }
  const before = await pauses(redis, keys)
  expect(before).toEqual(new Map([['default', why]]))
  const again = await pause(redis, keys, { ...wish, by: 'me', reason: 'another' })
  expect(again.before).toEqual(why)
  const { since } = before.get('default') ?? {}
  expect((await pauses(redis, keys)).get('default')).toEqual({ reason: 'another', since, by: 'me' })
  const resumed = await resume(redis, keys, { ...wish, reason: '' })
  const late = await resume(redis, keys, { ...wish, reason: 'to be sure' })
  expect([resumed.resumed, late.resumed]).toEqual([true, false])
  expect(await pauses(redis, keys)).toEqual(new Map())
  const { actions } = await actionsBefore(redis, keys, { limit: 10 })
  expect(actions).toMatchObject([
    { ...wish, id: late.id, action: 'resume', reason: 'to be sure' },
    { ...wish, id: resumed.id, action: 'resume', reason: '' },
    { ...wish, id: again.id, action: 'pause', by: 'me', reason: 'another' },
    { ...wish, id: paused.id, action: 'pause', reason: 'a gas spike' },
  ])
})

it('pauses nothing that it cannot write down, and writes down nothing that it cannot pause', async () => {
  const { redis, keys } = books
  await redis.call('ACL', 'SETUSER', books.prefix, 'on', 'nopass', '~*', '+@all', '-xadd', '-hdel')
  const limited = redis.duplicate({ username: books.prefix, password: 'any' })
  const named = { ...wish, reason: 'a test' }
  await redis.hset(keys.paused, 'other', JSON.stringify({ reason: 'x', since: 1, by: 'me' }))
  try {
    await expect(pause(limited, keys, named)).rejects.toThrow(/EXECABORT|NOPERM/)
    await expect(resume(limited, keys, { ...named, target: 'other' })).rejects.toThrow()
    expect([...(await pauses(redis, keys)).keys()]).toEqual(['other'])
    expect((await actionsBefore(redis, keys, { limit: 10 })).actions).toEqual([])
  } finally {
    limited.disconnect()
    await redis.call('ACL', 'DELUSER', books.prefix)
  }
})

it.each(['actions', 'paused'] as const)(
  'does neither where something else stands at %s',
  async name => {
    const { redis, keys } = books
    await redis.hset(keys.paused, 'other', JSON.stringify({ reason: 'x', since: 1, by: 'me' }))
    await redis.set(keys[name], 'something else')
    const before = await Promise.all([redis.dump(keys.paused), redis.dump(keys.actions)])
    await expect(pause(redis, keys, { ...wish, reason: 'a test' })).rejects.toThrow('WRONGTYPE')
    const other = { ...wish, target: 'other', reason: '' }
    await expect(resume(redis, keys, other)).rejects.toThrow('WRONGTYPE')
    const after = await Promise.all([redis.dump(keys.paused), redis.dump(keys.actions)])
    expect(after).toEqual(before)
  },
)

it('shows a pause that cannot be read, since it pauses all the same', async () => {
  const { redis, keys } = books
  await redis.hset(keys.paused, 'default', 'garbage', 'other', '{"reason":5}')
  const unreadable = { reason: '(unreadable)', since: 0, by: '' }
  expect([...(await pauses(redis, keys)).values()]).toEqual([unreadable, unreadable])
})
