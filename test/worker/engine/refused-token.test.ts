import { describe, expect, it } from 'vitest'
import { delay, expired, forged } from '../../fixtures/behaviours.ts'
import { startEngineAndClient } from '../../fixtures/engine-client.ts'
import { advance } from '../../fixtures/session.ts'

describe('a refused token', () => {
  it.each([
    ['401', expired],
    ['422', forged],
  ])('with %s means one new login and the same call at once', async (_, behaviour) => {
    const { engine, client, call } = await startEngineAndClient()
    await client.prepare(Date.now())
    engine.behave('/update-engine', behaviour, 1)
    expect(await call()).toMatchObject({ class: 'succeeded' })
    expect(engine.arrivals.map(({ path }) => path)).toEqual([
      '/login',
      '/update-engine',
      '/login',
      '/update-engine',
    ])
    const keys = engine.arrivals.map(({ headers }) => headers['idempotency-key']).filter(Boolean)
    expect(new Set(keys).size).toBe(1)
  })

  it('ends the call when the new one is refused as well', async () => {
    const { engine, call } = await startEngineAndClient()
    engine.behave('/update-engine', forged)
    expect(await call()).toMatchObject({ class: 'token-rejected', reason: 'http-422' })
    expect(engine.count('/update-engine')).toBe(2)
    expect(engine.logins).toBe(2)
  })

  it('is replaced by one login for all calls after the engine restarted with another secret', async () => {
    const { engine, call } = await startEngineAndClient()
    await call()
    engine.newSecret()
    const results = await Promise.all(Array.from({ length: 10 }, () => call('get-stats')))
    expect(results.map(result => result.class)).toEqual(Array(10).fill('succeeded'))
    expect(engine.logins).toBe(2)
  })

  it('does not make a login for every call when tokens are never taken', async () => {
    const { engine, call } = await startEngineAndClient()
    // A second later it may be tried again.
    advance(0)
    engine.behave('/update-engine', expired)
    for (let run = 0; run < 10; run++) await call()
    expect(engine.logins).toBeLessThanOrEqual(3)
    expect(await call('get-stats')).toMatchObject({ class: 'succeeded' })
  })

  it('leaves the second send no more time than the first one left', async () => {
    const { engine, call } = await startEngineAndClient({ timeout: 4_000 })
    await call()
    // Each of them is in time, and both together are not.
    engine.behave('/update-engine', delay(2_100, expired), 1)
    engine.behave('/login', delay(2_100))
    expect(await call()).toMatchObject({ class: 'token-rejected' })
    expect(engine.count('/update-engine')).toBe(2)
  })

  it('ends the call permanently when the login is refused', async () => {
    const { engine, call } = await startEngineAndClient()
    await call()
    engine.newSecret()
    engine.setPassword('another')
    expect(await call()).toMatchObject({ class: 'permanent', reason: 'login-refused', status: 401 })
    expect(engine.count('/update-engine')).toBe(2)
  })
})
