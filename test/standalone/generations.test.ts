import { expect, test } from 'vitest'
import type { Generation } from '../../src/simulation.ts'
import { simulatedEngine } from '../fixtures/simulated-engine.ts'

/** One engine, with the answers to its protected calls: status, and body as text or as JSON. */
async function engineOf(generation: Generation, startStopped = false) {
  const { engine, transactions, get, post, token } = await simulatedEngine({
    ...{ generation, startStopped },
  })
  const bearer = await token()
  const text = async (path: string) => {
    const answer = await get(path, bearer)
    return [answer.status, await answer.text()] as const
  }
  const json = async (path: string) => {
    const [status, body] = await text(path)
    return [status, JSON.parse(body) as Record<string, unknown>] as const
  }
  return {
    engine,
    transactions,
    post: (body: unknown) => post('/update-params', body, bearer),
    text,
    json,
  }
}

/** The name of the position, and what a call to an engine that is stopped, or so already, gets. */
const DIFFERENT = [
  ['first', 'stats', 404],
  ['second', 'results', 200],
] as const

test.each(DIFFERENT)('the %s names the position %s', async (generation, name) => {
  const { engine, text } = await engineOf(generation)
  // Moved once, so that every number is one.
  engine.leaveRange()
  for (const path of ['/update-engine', '/stats']) {
    const [status, body] = await text(path)
    expect(status).toBe(200)
    const { [name]: position, ...rest } = JSON.parse(body.replaceAll(/NaN|Infinity/g, 'null'))
    expect(rest).toEqual({ status: 'success', message: expect.any(String), engine: 'running' })
    expect(position).toMatchObject({ tokenID: expect.any(Number), tx_burn: null, is_open: true })
  }
})

test.each(DIFFERENT)(
  'the %s has an answer of its own when it is stopped',
  async (generation, _, status) => {
    const { json } = await engineOf(generation, true)
    const message = 'TradingEngine is not running'
    const stopped = [status, { status: 'error', message, engine: 'stopped' }]
    for (const path of ['/update-engine', '/stats', '/stop']) {
      expect(await json(path)).toEqual(stopped)
    }
  },
)

test.each(DIFFERENT)('the %s is started and stopped', async (generation, name, status) => {
  const { json, text } = await engineOf(generation, true)
  const state = async (path: string) => {
    const [code, body] = await text(path)
    return [code, JSON.parse(body.replaceAll(/NaN|Infinity/g, 'null'))]
  }
  const [, started] = await state('/start')
  expect(started).toMatchObject({ engine: 'running', [name]: { is_open: true, tx_burn: null } })
  expect(await json('/start')).toEqual([
    status,
    expect.objectContaining({ status: 'error', engine: 'running' }),
  ])
  expect((await state('/update-engine'))[0]).toBe(200)
  const [, stopped] = await state('/stop')
  const closed = { is_open: false, tx_burn: expect.any(String) }
  expect(stopped).toMatchObject({ engine: 'stopped', [name]: closed })
})

test('the first answers a failure with a page, the second with JSON', async () => {
  for (const generation of ['first', 'second'] as const) {
    const { engine, transactions, text } = await engineOf(generation)
    engine.leaveRange()
    engine.fail('mint')
    const [status, body] = await text('/update-engine')
    expect(status).toBe(500)
    if (generation === 'first') expect(body).toContain('<h1>Internal Server Error</h1>')
    else expect(JSON.parse(body)).toEqual({ status: 'error', message: expect.any(String) })
    expect(transactions.map(({ step }) => step)).toEqual(['decrease', 'collect', 'burn', 'swap'])
  }
})

test.each(DIFFERENT)(
  'the %s, after a start that failed, runs without a position',
  async generation => {
    const { engine, text } = await engineOf(generation, true)
    engine.fail('mint', 1)
    expect((await text('/start'))[0]).toBe(500)
    for (const path of ['/update-engine', '/stats']) expect((await text(path))[0]).toBe(500)
    const [status, body] = await text('/healthcheck')
    expect([status, JSON.parse(body)]).toEqual([200, { status: 'success', engine: 'running' }])
    for (const path of ['/stop', '/start', '/stats']) expect((await text(path))[0]).toBe(200)
  },
)

test('the second tells all positions, with integers beyond 2^53 and numbers that are none', async () => {
  const { engine, text } = await engineOf('second')
  engine.leaveRange()
  await text('/update-engine')
  const [status, body] = await text('/history')
  expect(status).toBe(200)
  expect(body).toMatch(/"hedge_liquidation_price":Infinity,"hedge_return":NaN/)
  expect(body).toMatch(/"liquidity":\d{20,}[,}]/)
  const { results } = JSON.parse(body.replaceAll(/NaN|Infinity/g, 'null'))
  expect(results).toMatchObject([{ is_open: false }, { is_open: true }])
})

test('says what it is told to, beside the fields of a position or instead of them', async () => {
  const { engine, text } = await engineOf('first')
  engine.say({ price_current: Number.NaN, wei: 2n ** 256n - 1n })
  const [, body] = await text('/stats')
  expect(body).toContain('"price_current":NaN')
  expect(body).toContain(`"wei":${2n ** 256n - 1n}`)
})

test('takes parameters; the first refuses empty ones', async () => {
  for (const generation of ['first', 'second'] as const) {
    const { post } = await engineOf(generation)
    const status = async (body: unknown) => (await post(body)).status
    expect(await status({ width: 3 })).toBe(200)
    expect(await status({})).toBe(generation === 'first' ? 401 : 200)
    expect(await status('no json')).toBe(400)
  }
})
