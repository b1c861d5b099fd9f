import { once } from 'node:events'
import { request } from 'node:http'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RunsView } from '../../../src/dashboard/views.ts'
import { openBooks, runOf, type TestBooks } from '../../fixtures/books.ts'
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts'
import { startRedis, type TestRedis } from '../../fixtures/redis.ts'

const begin = Math.floor(Date.now() / 1000) * 1000 - 600_000
const own = 'default/update-engine'
/** Readings until all buffers of the system are full; the whole export takes 19. */
const MOST = 16

let redis: TestRedis
let books: TestBooks
let dashboard: TestDashboard
beforeEach(async () => {
  redis = await startRedis()
  books = openBooks({ redis: redis.url })
  dashboard = await startDashboard(null, { prefix: books.prefix, redisUrl: redis.url })
  await books.declare(own, begin)
  await books.declare('other/get-stats', begin)
})
afterEach(async () => {
  await dashboard.close()
  await books.quit()
  await redis.stop()
})

/** So many runs that no buffer on the way holds their export. */
async function fill(): Promise<void> {
  const commands = books.redis.pipeline()
  const detail = 'x'.repeat(1200)
  for (let index = 0; index < 15_000; index++) {
    const run = runOf({ slot: begin + index, detail })
    commands.zadd(books.keys.runs(own), begin + index, JSON.stringify(run))
  }
  await commands.exec()
}

/** How often the ledger was read, once that does not change any more. */
async function readings(): Promise<number> {
  for (let last = -1; ; ) {
    const stats = await books.redis.info('commandstats')
    const now = Number(/cmdstat_zrevrangebyscore:calls=(\d+)/.exec(stats)?.[1] ?? 0)
    if (now === last) return now
    last = now
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

it('exports all that fits, as CSV that no spreadsheet takes for formulas, and as NDJSON', async () => {
  for (let index = 1; index <= 8; index++) {
    const schedule = index % 2 === 0 ? own : 'other/get-stats'
    const verdict = index % 4 === 0 ? 'failed' : 'succeeded'
    await books.record({ schedule, slot: begin + index * 1000, verdict })
  }
  await books.record({ slot: begin + 9000, verdict: 'failed', detail: '=1+1,"\n' })
  const csv = await dashboard.get('api/runs.csv?verdict=failed')
  expect(csv.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/)
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="runs.csv"')
  const lines = (await csv.text()).trimEnd().split('\n')
  expect(lines[0]).toMatch(
    /^schedule,engine,job,slot,verdict,reason,latenessMs,durationMs,attempts/,
  )
  expect(lines).toHaveLength(4)
  expect(lines[1]).toContain(`default/update-engine,default,update-engine,${begin + 9000},failed,`)
  expect(lines[1]).toContain(`"'=1+1,""\\n"`)
  const ndjson = await dashboard.get('api/runs.ndjson?engine=other')
  expect(ndjson.headers.get('content-disposition')).toBe('attachment; filename="runs.ndjson"')
  const objects = (await ndjson.text())
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const answer = await dashboard.get('api/runs?engine=other')
  const { runs } = (await answer.json()) as RunsView
  expect(objects).toEqual(runs.map(({ key: _, ...run }) => run))
  expect((await dashboard.get('api/runs.csv?limit=x')).status).toBe(400)
  const none = await dashboard.get('api/runs.csv?verdict=engine-stopped')
  expect((await none.text()).split('\n')).toHaveLength(2)
})

it('reads no faster than it is taken, and all of it', async () => {
  await fill()
  const asked = request(`${dashboard.url}api/runs.ndjson`).end()
  const [response] = await once(asked, 'response')
  const unread = await readings()
  expect(unread).toBeLessThan(MOST)
  let lines = 0
  for await (const chunk of response) lines += String(chunk).split('\n').length - 1
  expect(lines).toBe(15_000)
  expect(await readings()).toBeGreaterThan(unread)
}, 60_000)

it('stops reading when nobody wants the rest', async () => {
  await fill()
  const asked = request(`${dashboard.url}api/runs.csv`).end()
  const [response] = await once(asked, 'response')
  response.destroy()
  await once(asked, 'close')
  expect(await readings()).toBeLessThan(MOST)
}, 60_000)

it.each([
  ['Redis', () => redis.stop()],
  ['the dashboard', () => dashboard.close()],
])(
  'breaks off when %s ends on the way: what came looks like no whole export',
  async (_, end) => {
    await fill()
    const asked = request(`${dashboard.url}api/runs.csv`).end()
    const [response] = await once(asked, 'response')
    await readings()
    await end()
    const taken = async () => {
      for await (const _ of response);
    }
    await expect(taken()).rejects.toThrow('aborted')
  },
  60_000,
)
