import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Schedule } from '../../src/jobs.ts'
import { type Claimant, claim } from '../../src/producer/claim.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { scheduled } from '../fixtures/rounds.ts'

const update = scheduled({ interval: 1000, phase: 0 })
const slower = scheduled({ interval: 2000, phase: 0 })
const stats = scheduled({ interval: 1000, phase: 500 }, 'get-stats')
const both = [update, stats]
const declared = { how: 'declared' }
let at = Date.now()

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

/** A producer that starts now, and was heard of just now unless said otherwise. */
async function starts(by: string, seen = Date.now()): Promise<Claimant> {
  const { redis, keys } = books
  const presence = { part: 'producer', name: by, version: '1', since: at, seen }
  await redis.hset(keys.processes, `producer:${by}`, JSON.stringify(presence))
  at += 1
  return { redis, keys, by, at, attempts: 3 }
}

/** What it claims is declared, as far as its claim goes. */
async function declares(claimant: Claimant, schedules: readonly Schedule[], force = false) {
  const claimed = await claim({ ...claimant, force }, schedules)
  if (claimed.how !== 'declared') return claimed
  const { redis, keys } = books
  await redis.del(keys.schedules)
  for (const { id } of schedules) await redis.hset(keys.schedules, id, '{}')
  return claimed
}

it('refuses to let a schedule go that another producer declares, and names both', async () => {
  await declares(await starts('first'), both)
  const { redis, keys } = books
  expect(await declares(await starts('second'), [slower])).toMatchObject({
    ...{ how: 'refused', why: 'removes', producers: ['first'], going: [stats.id] },
  })
  expect(await redis.hget(keys.declaration, 'by')).toBe('first')
  // What it wants can be read all the same.
  expect((await redis.hkeys(keys.intents)).sort()).toEqual(['first', 'second'])
})

it('lets a schedule go with force, and when nobody alive declares it', async () => {
  await declares(await starts('first'), both)
  expect(await declares(await starts('forced'), [update], true)).toEqual(declared)
  await declares(await starts('third'), both, true)
  for (const gone of ['first', 'third']) await starts(gone, Date.now() - 11_000)
  expect(await declares(await starts('fourth'), [update])).toEqual(declared)
})

it('asks those that follow as well, not only who declared', async () => {
  await declares(await starts('first'), both)
  await declares(await starts('same'), both)
  await starts('first', Date.now() - 11_000)
  await books.redis.hdel(books.keys.processes, 'producer:same')
  await declares(await starts('last'), both)
  await starts('same')
  await starts('last', Date.now() - 11_000)
  const refused = await declares(await starts('other'), [update])
  expect(refused).toMatchObject({ how: 'refused', producers: ['same'] })
})

it('lets a changed interval count at once', async () => {
  await declares(await starts('first'), both)
  expect(await declares(await starts('second'), [slower, stats])).toEqual(declared)
})

it('lets nothing come back that was replaced, while who replaced it lives', async () => {
  await declares(await starts('old'), both)
  await declares(await starts('new'), [slower, stats])
  const again = await declares(await starts('old again'), both)
  expect(again).toMatchObject({ how: 'refused', why: 'returns', producers: ['new'] })
  await starts('new', Date.now() - 11_000)
  expect(await declares(await starts('old once more'), both)).toEqual(declared)
})

it('knows of the last ten that they were replaced, and no more', async () => {
  const grids = Array.from({ length: 14 }, (_, index) => [
    scheduled({ interval: 1000 + index * 100, phase: 0 }),
  ])
  for (const [index, schedules] of grids.entries())
    await declares(await starts(`${index}`), schedules)
  const answers: unknown[] = []
  for (const schedules of grids) {
    const { how } = await claim(await starts('again'), schedules, true)
    answers.push(how)
  }
  const replaced = Array.from({ length: 10 }, () => 'refused')
  expect(answers).toEqual(['free', 'free', 'free', ...replaced, 'free'])
})

it('only asks, where it is asked to', async () => {
  await declares(await starts('first'), both)
  const { redis, keys } = books
  const before = await redis.hgetall(keys.declaration)
  expect(await claim(await starts('second'), [slower, stats], true)).toMatchObject({ how: 'free' })
  expect(await redis.hgetall(keys.declaration)).toEqual(before)
  expect(await redis.hkeys(keys.intents)).toEqual(['first'])
})

it('counts what has been claimed and is not written yet', async () => {
  const first = await starts('first')
  await claim(first, both)
  expect(await claim(await starts('second'), [update])).toMatchObject({ going: [stats.id] })
})

it('reads past what is garbage', async () => {
  await declares(await starts('first'), both)
  const { redis, keys } = books
  await redis.hset(keys.intents, 'a', '{', 'b', '{"schedules":[7,{}]}', 'c', '{"schedules":"x"}')
  for (const name of ['a', 'b', 'c']) await starts(name)
  await redis.hset(keys.processes, 'producer:first', 'garbage')
  expect(await declares(await starts('second'), [update])).toEqual(declared)
})
