import { expect, it, vi } from 'vitest'
import { CALLS, STATS, startSeries } from '../../fixtures/series.ts'

const formula = '=HYPERLINK("http://evil")'

it('gives every point as a table, oldest first, thinned out by nothing', async t => {
  const { get, books, now } = await startSeries(t)
  const commands = books.redis.pipeline()
  for (let index = 0; index < 1500; index++) {
    const at = now - 1_500_000 + index * 1000
    const extra = index === 700 ? ['later', '"x"'] : []
    const fields = ['slot', at, 'job', 'get-stats', 'n', index, 'tx', '"0x1"', ...extra]
    commands.xadd(books.keys.stats('default'), `${at}-0`, ...fields)
  }
  await commands.exec()
  const response = await get(`${STATS}.csv?from=all&points=50`)
  expect(response.headers.get('content-type')).toContain('text/csv')
  expect(response.headers.get('content-disposition')).toBe(
    'attachment; filename="default-stats.csv"',
  )
  const lines = (await response.text()).split('\n')
  expect(lines.length).toBe(1502)
  expect(lines[0]).toBe('at,engine,slot,job,n,tx')
  const first = now - 1_500_000
  expect(lines[1]).toBe(`${first},default,${first},get-stats,0,0x1`)
  expect(lines[1500]?.endsWith(',1499,0x1')).toBe(true)
})

it('gives the fields and the window that it is told', async t => {
  const { get, point } = await startSeries(t)
  await point(5000, { a: 1, b: 2 })
  await point(3000, { a: 3, text: formula })
  await point(1000, { a: 5, b: 6 })
  const asked = 'from=4000s&to=2000s&fields=text,a,never'
  const csv = await (await get(`${STATS}.csv?${asked}`)).text()
  expect(csv.split('\n')[0]).toBe('at,engine,slot,job,text,a,never')
  expect(csv.split('\n')[1]).toMatch(/,"'=HYPERLINK\(""http:\/\/evil""\)",3,$/)
  expect(csv.split('\n').length).toBe(3)
  const lines = await (await get(`${STATS}.ndjson?${asked}`)).text()
  expect(JSON.parse(lines)).toMatchObject({ engine: 'default', stats: { text: formula, a: 3 } })
  const newest = await (await get(`${STATS}.ndjson?from=2000s&fields=b`)).text()
  expect(JSON.parse(newest).stats).toEqual({ b: 6 })
})

it('has a column for every field that is known, also of those that came and went', async t => {
  const { get, point, stats } = await startSeries(t)
  for (let index = 0; index < 600; index++) {
    await point(800 - index, { n: index, ...(index === 300 ? { '=2+3': 7 } : {}) })
  }
  // Whoever asks waits for the past a moment only.
  await vi.waitFor(async () => expect((await stats('?from=all')).pending).toBe(false), 15_000)
  const [head, ...lines] = (await (await get(`${STATS}.csv`)).text()).trim().split('\n')
  expect(head).toBe("at,engine,slot,job,n,'=2+3")
  expect(lines.filter(line => line.endsWith(',300,7')).length).toBe(1)
  expect(lines.length).toBe(600)
})

it('gives the head of a table where there is nothing', async t => {
  const { get } = await startSeries(t)
  expect(await (await get(`${STATS}.csv?fields=a,b`)).text()).toBe('at,engine,slot,job,a,b\n')
  expect(await (await get(`${STATS}.csv`)).text()).toBe('at,engine,slot,job\n')
  expect(await (await get(`${STATS}.ndjson`)).text()).toBe('')
})

it('gives every call of the engine, newest first', async t => {
  const { get, run } = await startSeries(t)
  await run(4000, 'get-stats', 9)
  const slots = [await run(200, 'update-engine', 1), await run(600, 'get-stats', 2)]
  const csv = await get(`${CALLS}.csv`)
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="default-calls.csv"')
  const [head, ...lines] = (await csv.text()).trim().split('\n')
  expect(head).toMatch(/^schedule,engine,job,slot,verdict/)
  expect(lines.map(line => line.split(',')[3])).toEqual(slots.map(String))
  const all = (await (await get(`${CALLS}.ndjson?from=all&to=400s`)).text()).trim().split('\n')
  expect(all.map(line => JSON.parse(line).latenessMs)).toEqual([2, 9])
})
