import { afterEach, beforeEach, expect, it } from 'vitest'
import { openBooks, runOf, type TestBooks } from '../../fixtures/books.ts'
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts'

const begin = Math.floor(Date.now() / 1000) * 1000 - 600_000
const own = 'default/update-engine'

let books: TestBooks
let dashboard: TestDashboard
beforeEach(async () => {
  books = openBooks()
  dashboard = await startDashboard(null, { prefix: books.prefix })
  await books.declare(own, begin)
  await books.declare('other/get-stats', begin)
})
afterEach(async () => {
  await dashboard.close()
  await books.quit()
})

async function json(path: string) {
  const response = await dashboard.get(`api/${path}`)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  return { status: response.status, body: (await response.json()) as any }
}

/** The seconds of the slots on a page. */
async function seconds(query: string): Promise<number[]> {
  const { status, body } = await json(`runs?${query}`)
  expect(status).toBe(200)
  return body.runs.map(({ slot }: { slot: number }) => (slot - begin) / 1000)
}

async function fill() {
  const verdicts = ['succeeded', 'failed', 'unknown', 'skipped'] as const
  for (let index = 1; index <= 8; index++) {
    const verdict = verdicts[index % 4] ?? 'succeeded'
    const schedule = index % 2 === 0 ? own : 'other/get-stats'
    await books.record({ schedule, slot: begin + index * 1000, verdict })
  }
}

it('shows the ledger newest first, by all filters together', async () => {
  await fill()
  expect(await seconds('')).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
  expect(await seconds('engine=default')).toEqual([8, 6, 4, 2])
  expect(await seconds('job=get-stats')).toEqual([7, 5, 3, 1])
  expect(await seconds('schedule=other/get-stats&limit=2')).toEqual([7, 5])
  expect(await seconds('verdict=failed,unknown')).toEqual([6, 5, 2, 1])
  expect(await seconds(`from=${begin + 3000}&to=${begin + 5000}`)).toEqual([5, 4, 3])
  expect(await seconds(`from=${new Date(begin + 7000).toISOString()}`)).toEqual([8, 7])
  expect(await seconds('from=1m')).toEqual([])
  expect(await seconds('engine=other&verdict=skipped,unknown&limit=&job=')).toEqual([7, 3])
})

it('pages with a cursor until the end', async () => {
  await fill()
  const pages: number[][] = []
  let cursor = ''
  do {
    const { body } = await json(`runs?limit=3&cursor=${cursor}`)
    pages.push(body.runs.map(({ key }: { key: string }) => (Number(key) - begin) / 1000))
    if (body.next !== null) expect(body.searchedTo).toBe(Number(body.runs.at(-1).key))
    cursor = body.next
  } while (cursor !== null)
  expect(pages).toEqual([
    [8, 7, 6],
    [5, 4, 3],
    [2, 1],
  ])
})

it('says everything that is wrong with a question, and what there is for a name unknown', async () => {
  const bad = await json('runs?limit=501&from=tomorrow&verdict=good&cursor=x&verdicts=%00&zz')
  expect(bad.status).toBe(400)
  expect(bad.body.error.code).toBe('bad-query')
  for (const text of [
    'from: expected so long ago (15m)',
    'got "tomorrow"',
    'limit: expected a whole number',
  ]) {
    expect(bad.body.error.message).toContain(text)
  }
  expect(bad.body.error.message).toMatch(/cursor: expected .*; verdict: expected .*, got "good"; /)
  expect(bad.body.error.message).toMatch(
    /no such parameter: "verdicts", did you mean verdict\?; no such parameter: "zz"$/,
  )
  expect((await json('runs?from=5m&to=10m')).body.error.message).toContain('before `to`')
  const unknown = await json('runs?engine=nine')
  expect([unknown.status, unknown.body.error]).toEqual([
    404,
    { code: 'not-found', message: 'There is no engine "nine"; there is: default, other' },
  ])
})

it('shows one run with its details, and what stands before and after it', async () => {
  const detail = `<script>alert(1)</script>\u001b[2J"`
  await books.record({ slot: begin + 1000, detail, fence: 17, verdict: 'failed' })
  await books.record({ slot: null, at: begin + 1500, request: 'r1' })
  await books.record({ slot: begin + 2000 })
  const first = await json(`runs/${own}/${begin + 1000}`)
  expect([first.status, first.body]).toEqual([
    200,
    {
      run: {
        ...runOf({ slot: begin + 1000, detail, fence: 17, verdict: 'failed' }),
        key: String(begin + 1000),
      },
      previous: null,
      next: `m${begin + 1500}`,
    },
  ])
  const manual = await json(`runs/${own}/m${begin + 1500}`)
  expect(manual.body).toMatchObject({
    run: { key: `m${begin + 1500}`, manual: true, asked: begin + 1500, request: 'r1' },
    previous: String(begin + 1000),
    next: String(begin + 2000),
  })
  const { body } = await json(`runs/${own}/${begin + 2000}`)
  expect(body).toMatchObject({ previous: `m${begin + 1500}`, next: null })
})

it('finds a slot within a long gap', async () => {
  const gap = { slot: begin + 1000, verdict: 'missed', count: 100, to: begin + 100_000 } as const
  await books.record(gap)
  const { body } = await json(`runs/${own}/${begin + 50_000}`)
  expect(body).toMatchObject({ run: { ...gap, key: String(begin + 1000) } })
  expect((await json(`runs/${own}/${begin + 101_000}`)).status).toBe(404)
})

it('says why a slot has no run', async () => {
  const why = async (path: string) => {
    const { status, body } = await json(`runs/${path}`)
    expect([status, body.error.code]).toEqual([404, 'no-run'])
    return body.error.message
  }
  const slot = begin + 5000
  expect(await why(`${own}/${slot}`)).toBe('It is due, and has not ended yet')
  expect(await why(`${own}/${slot + 1}`)).toBe('That time is no slot of the schedule')
  expect(await why(`${own}/${begin + 86_400_000}`)).toBe('It is not due yet')
  expect(await why(`${own}/${begin - 1000}`)).toBe('The books began later')
  expect(await why(`${own}/m${slot}`)).toMatch(/^No call by hand /)
  expect(await why(`nine/get-stats/${slot}`)).toBe('There is no schedule nine/get-stats')
  const mark = { token: 't', worker: 'w1', attempts: 2, at: slot, reason: null, status: null }
  const leave = (state: string) =>
    books.redis.hset(books.keys.sent(own), slot, JSON.stringify({ ...mark, state }))
  await leave('sent')
  expect(await why(`${own}/${slot}`)).toMatch(/^Worker w1 has sent it/)
  await leave('not-executed')
  expect(await why(`${own}/${slot}`)).toMatch(/^Its attempts so far \(2\) failed/)
  await books.redis.hset(books.keys.lease(own), { token: 't', worker: 'w2', key: slot, fence: 1 })
  expect(await why(`${own}/${slot}`)).toBe('It is held or in flight, at worker w2')
  await books.redis.hset(books.keys.books(own), 'closed', slot + 1000)
  expect(await why(`${own}/${slot + 1000}`)).toMatch(/^It is kept no longer/)
  for (const path of [`${own}/x`, `default/sell/${slot}`, `${own}/-5`, `${own}/m`]) {
    expect(await json(`runs/${path}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'not-found' } },
    })
  }
})

it('answers 503 when Redis does not answer', async () => {
  const lost = await startDashboard(null, { redisUrl: 'redis://127.0.0.1:1' })
  try {
    for (const path of ['api/runs', `api/runs/${own}/1`, 'api/runs.csv', 'api/actions']) {
      const response = await lost.get(path)
      expect([path, response.status]).toEqual([path, 503])
      expect((await response.json()) as object).toMatchObject({
        error: { code: 'redis-unreachable' },
      })
    }
  } finally {
    await lost.close()
  }
})
