import { describe, expect, it } from 'vitest'
import { EngineError } from '../../../src/worker/engine/errors.ts'
import {
  answer,
  bomb,
  brokenGzip,
  cutOff,
  cutOffChunked,
  delay,
  drip,
  hang,
  hangUp,
  huge,
  notJson,
  redirect,
  reset,
  resetInBody,
  unavailable,
} from '../../fixtures/behaviours.ts'
import { startEngineAndClient } from '../../fixtures/engine-client.ts'
import { POSITION } from '../../fixtures/routes.ts'

const MIB = 1024 * 1024
const PATHS = { 'update-engine': '/update-engine', 'get-stats': '/stats' } as const

describe.each([undefined, 'localhost'] as const)('a call with tls %s', tls => {
  it.each(['127.0.0.1', '::1'])(
    'carries its marks to an engine at %s and brings its position',
    async host => {
      const { engine, call } = await startEngineAndClient({
        ...(tls ? { tls } : {}),
        host,
        base: '/some/base',
      })
      const before = Date.now()
      for (const job of ['update-engine', 'get-stats'] as const) {
        const result = await call(job)
        expect(result).toMatchObject({ class: 'succeeded', status: 200, stats: POSITION })
        expect(result.sentAt).toBeGreaterThanOrEqual(before)
        expect(result.durationMs).toBeGreaterThan(0)
        const arrival = engine.arrivals.find(({ path }) => path === PATHS[job])
        expect(arrival).toMatchObject({
          method: 'GET',
          headers: {
            'idempotency-key': `default/${job}@1000`,
            'x-fencing-token': '7',
            'user-agent': 'hft-scheduler',
          },
        })
      }
      expect(engine.logins).toBe(1)
    },
  )
})

describe('the end of a call', () => {
  it.each([
    ['engine-stopped', 'engine-stopped', 404, answer(404, { status: 'error', engine: 'stopped' })],
    ['permanent', 'http-404', 404, answer(404, '<h1>Not Found</h1>')],
    ['permanent', 'http-400', 400, answer(400)],
    ['permanent', 'http-403', 403, answer(403)],
    ['permanent', 'http-302', 302, redirect],
    ['engine-stopped', 'engine-stopped', 200, answer(200, { status: 'error', engine: 'stopped' })],
    ['executed', 'contract', 200, notJson],
    ['executed', 'contract', 200, answer(200)],
    ['executed', 'contract', 200, answer(200, { status: 'success' })],
    ['executed', 'contract', 204, answer(204)],
    ['unknown', 'contract', 202, answer(202, { status: 'success' })],
    ['unknown', 'http-408', 408, answer(408)],
    ['unknown', 'http-425', 425, answer(425)],
    ['not-executed', 'http-429', 429, answer(429)],
    ['unknown', 'http-502', 502, answer(502, '<h1>Bad Gateway</h1>')],
    ['unknown', 'http-502', 502, huge(2 * MIB, true, 502)],
    ['unknown', 'http-503', 503, unavailable()],
    ['executed-badly', 'http-500', 500, answer(500, { message: 'no gas' })],
    ['unknown', 'http-504', 504, answer(504)],
    ['unknown', 'time-out', null, hang, 1_000],
    ['unknown', 'time-out', 200, drip(), 1_000],
    ['unknown', 'reset', null, reset],
    ['unknown', 'reset', null, hangUp],
    ['unknown', 'cut-off', 200, resetInBody],
    ['unknown', 'cut-off', 200, cutOff()],
    ['unknown', 'cut-off', 503, cutOff(503)],
    ['unknown', 'cut-off', 200, cutOffChunked],
    ['unknown', 'cut-off', 200, brokenGzip],
    ['unknown', 'too-large', 200, huge(MIB + 1)],
    ['unknown', 'too-large', 200, huge(MIB + 1, true)],
    ['unknown', 'too-large', 200, bomb(20 * MIB)],
  ] as const)(
    'is %s %s (%s), and the call is made once',
    async (kind, reason, status, behaviour, timeout: number = 5_000) => {
      const { engine, call } = await startEngineAndClient({ timeout })
      await call('get-stats')
      for (const job of ['update-engine', 'get-stats'] as const) {
        engine.arrivals.length = 0
        engine.behave(PATHS[job], behaviour)
        expect(await call(job)).toMatchObject({ class: kind, reason, status })
        expect(engine.arrivals.map(({ path }) => path)).toEqual([PATHS[job]])
        engine.recover()
        expect(await call(job)).toMatchObject({ class: 'succeeded' })
      }
    },
  )

  it('brings what Retry-After asks for', async () => {
    const { engine, call } = await startEngineAndClient()
    engine.behave('/update-engine', answer(429, '', { 'retry-after': 3 }))
    expect(await call()).toMatchObject({ class: 'not-executed', retryAfter: 3_000 })
    engine.behave('/stats', unavailable(3))
    expect(await call('get-stats')).toMatchObject({ class: 'unknown', retryAfter: 3_000 })
  })

  it('takes a long answer that is not too large', async () => {
    const { engine, call } = await startEngineAndClient()
    const body = { status: 'success', engine: 'running', message: 'x'.repeat(MIB - 100) }
    engine.behave('/update-engine', answer(200, body))
    expect(await call()).toMatchObject({ class: 'succeeded', stats: null })
  })

  it('waits for an engine that works longer than a connection may lie idle', async () => {
    const { engine, call } = await startEngineAndClient()
    engine.behave('/update-engine', delay(1_800))
    expect(await call()).toMatchObject({ class: 'succeeded' })
  })

  it('is in time although the engine goes on', async () => {
    const { engine, call } = await startEngineAndClient({ timeout: 1_000 })
    let finish = () => {}
    engine.behave('/update-engine', async exchange => {
      await new Promise<void>(resolve => (finish = resolve))
      await exchange.next()
    })
    const begin = performance.now()
    const result = await call()
    // The deadline counts from the call, the duration from the send.
    const took = performance.now() - begin
    expect(took).toBeGreaterThan(990)
    expect(result).toMatchObject({ class: 'unknown', reason: 'time-out' })
    expect(result.durationMs).toBeLessThan(took)
    await engine.waitFor(() => engine.arrivals.at(-1)?.aborted === true)
    expect(engine.inFlight('/update-engine')).toBe(1)
    finish()
    await engine.waitFor(() => engine.inFlight('/update-engine') === 0)
    expect(engine.maxInFlight('/update-engine')).toBe(1)
  })

  it('is not executed once the client is closed', async () => {
    const { client, call } = await startEngineAndClient()
    await client.close()
    const result = await call()
    expect(result).toMatchObject({ class: 'not-executed', reason: 'aborted', sentAt: null })
    await expect(client.prepare(Date.now())).rejects.toThrow(EngineError)
  })

  it('is unknown when the client is closed during it', async () => {
    const { engine, client, call } = await startEngineAndClient()
    engine.behave('/update-engine', hang)
    const result = call()
    await engine.waitFor(() => engine.count('/update-engine') === 1)
    await client.close()
    expect(await result).toMatchObject({ class: 'unknown', reason: 'aborted' })
  })
})
