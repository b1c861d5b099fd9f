import { expect, it, vi } from 'vitest'
import { CALLS, STATS, startSeries } from '../../fixtures/series.ts'

/** The price is in the range for three quarters of the time. */
const position = (price: number, tokenID: number) => ({
  ...{ price_current: price, range_lower: 100, range_upper: 200, tokenID },
  ...{ tx_mint: '0xabc', is_open: true },
})

it('names the engines and their schedules', async t => {
  const { engines, books } = await startSeries(t)
  await books.declare('other/get-stats')
  expect(await engines()).toEqual([
    { id: 'default', schedules: ['default/get-stats', 'default/update-engine'] },
    { id: 'other', schedules: ['other/get-stats'] },
  ])
})

it('shows the position of the last quarter of an hour unless it is told what to show', async t => {
  const { stats, point, now } = await startSeries(t)
  await point(3000, position(150, 6))
  const at = [await point(800, position(150, 7)), await point(600, position(220, 8))]
  at.push(await point(400, position(110, 8)))
  expect(await stats()).toMatchObject({ engine: 'default', total: 3, pending: false, at })
  const view = await stats(`?to=${now}`)
  expect(view).toMatchObject({ from: now - 900_000, to: now, total: 3 })
  expect({ ...view.columns }).toEqual({
    price_current: [150, 220, 110],
    range_lower: [100, 100, 100],
    range_upper: [200, 200, 200],
    range_distance: [0.5, -0.2, 0.1],
  })
  expect(view.fields).toEqual([
    ...['price_current', 'range_lower', 'range_upper', 'tokenID', 'is_open', 'range_distance'],
  ])
  expect(view.rebalances).toEqual([
    { at: at[0], from: 6, to: 7 },
    { at: at[1], from: 7, to: 8 },
  ])
  expect([view.inRange, view.rangeScale, view.exact]).toEqual([0.75, 'price', {}])
})

it('has whole numbers exactly, also those that are now below 2^53, now beyond', async t => {
  const { stats, point, get } = await startSeries(t)
  const wei = ['5', `${2n ** 53n + 1n}`, `${2n ** 256n - 1n}`, `${-(2n ** 255n)}`]
  const sent = [5, ...wei.slice(1)]
  for (const [index, value] of sent.entries()) await point(400 - index, { wei: value, n: index })
  const { columns, exact } = await stats('?fields=wei,n')
  expect(columns.wei).toEqual(wei.map(Number))
  expect(exact).toEqual({ wei: [null, ...wei.slice(1)] })
  const csv = (await (await get(`${STATS}.csv?fields=wei`)).text()).trim().split('\n').slice(1)
  expect(csv.map(line => line.split(',').at(-1))).toEqual(wei)
  const lines = (await (await get(`${STATS}.ndjson`)).text()).trim().split('\n')
  expect(lines.map(line => JSON.parse(line).stats.wei)).toEqual(sent)
})

it('shows the fields and the window that it is told', async t => {
  const { stats, point, now } = await startSeries(t)
  for (let ago = 4000; ago > 0; ago -= 1000) {
    const fields = { price_current: 2, is_open: ago > 2000, ['__proto__']: ago }
    await point(ago, Object.fromEntries(Object.entries(fields)))
  }
  const view = await stats('?from=all&to=1500s&fields=is_open,__proto__,never')
  expect(view.at).toEqual([4000, 3000, 2000].map(ago => now - ago * 1000))
  expect(view.from).toBe(now - 4_000_000)
  expect(Object.entries(view.columns)).toEqual([
    ['is_open', [1, 1, 0]],
    ['__proto__', [4000, 3000, 2000]],
    ['never', [null, null, null]],
  ])
  expect(view.inRange).toBeNull()
  const exact = await stats(`?from=${now - 3_000_000}&to=${now - 2_000_000}`)
  expect(exact).toMatchObject({ from: now - 3_000_000, to: now - 2_000_000, total: 2 })
})

it('thins out what is too much, and keeps extremes, rebalances and gaps', async t => {
  const { stats, books, now } = await startSeries(t)
  const commands = books.redis.pipeline()
  for (let index = 0; index < 20_000; index++) {
    const at = now - 60_000_000 + index * 1000 + (index >= 12_000 ? 3_600_000 : 0)
    const n = index === 7777 ? 1e6 : index === 3333 ? -1e6 : index % 50
    const fields = ['slot', at, 'job', 'get-stats', 'n', n, 'tokenID', index < 7000 ? 1 : 2]
    commands.xadd(books.keys.stats('default'), `${at}-0`, ...fields)
  }
  await commands.exec()
  await vi.waitFor(async () => expect((await stats('?from=all')).pending).toBe(false), 20_000)
  const view = await stats('?from=all&points=100&fields=n')
  expect(view.total).toBe(20_000)
  expect(view.at.length).toBeLessThanOrEqual(140)
  const values = view.columns.n ?? []
  expect([Math.min(...values.map(Number)), Math.max(...values.map(Number))]).toEqual([-1e6, 1e6])
  const gap = values.indexOf(null)
  expect((view.at[gap + 1] ?? 0) - (view.at[gap - 1] ?? 0)).toBe(3_601_000)
  expect(view.rebalances).toEqual([{ at: now - 60_000_000 + 7_000_000, from: 1, to: 2 }])
}, 60_000)

it('is empty where there is nothing', async t => {
  const { stats, calls } = await startSeries(t)
  const nothing = { total: 0, pending: false, at: [] }
  const more = { columns: {}, fields: [], rebalances: [], inRange: null }
  expect(await stats()).toMatchObject({ ...nothing, ...more })
  expect(await stats('?from=all')).toMatchObject({ ...nothing, ...more })
  expect(await calls('?from=all')).toMatchObject(nothing)
})

it('shows lateness and duration of all schedules over one clock', async t => {
  const { calls, run } = await startSeries(t)
  const at = [
    await run(30, 'update-engine', 1.5),
    await run(25, 'get-stats', 2),
    await run(20, 'update-engine', null),
  ]
  const { columns, schedules, ...view } = await calls()
  expect(view).toMatchObject({ engine: 'default', total: 3, pending: false, at })
  expect(schedules).toEqual(['default/get-stats', 'default/update-engine'])
  expect({ ...columns }).toEqual({
    'default/get-stats:latenessMs': [null, 2, null],
    'default/get-stats:durationMs': [null, 20, null],
    'default/update-engine:latenessMs': [1.5, null, null],
    'default/update-engine:durationMs': [20, null, 20],
  })
})

it('names everything that is wrong with a request at once', async t => {
  const { get } = await startSeries(t)
  const many = Array.from({ length: 65 }, (_, index) => index).join(',')
  for (const path of [STATS, CALLS, `${STATS}.csv`, `${CALLS}.ndjson`]) {
    const response = await get(`${path}?from=yore&to=all&points=7&fields=${many}&field=a`)
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    expect(error.code).toBe('bad-query')
    expect(error.message.split('; ')).toEqual([
      'from: expected epoch ms, a date or a duration ago, or all, got "yore"',
      'to: expected epoch ms, a date or a duration ago, got "all"',
      'points: expected a whole number from 50 to 5000, got "7"',
      `fields: expected 1 to 64 names with commas between, got "${many.slice(0, 100)}"`,
      'no such parameter: "field", did you mean fields?',
    ])
  }
  const turned = await get(`${STATS}?from=1h&to=2h`)
  expect(await turned.text()).toContain('from: expected a moment before to')
})

it('names the engines that there are to somebody who asks for another', async t => {
  const { get } = await startSeries(t)
  const response = await get('api/engines/other/stats')
  expect([response.status, await response.json()]).toEqual([
    404,
    { error: { code: 'not-found', message: 'There is no engine "other"; there is: default' } },
  ])
})
