import { describe, expect, it, vi } from 'vitest'
import { answer, delay, unavailable } from '../../fixtures/behaviours.ts'
import { advance, startEngineAndSession } from '../../fixtures/session.ts'

describe('a token', () => {
  it('is obtained once however many wait', async () => {
    const { engine, session, logins } = await startEngineAndSession()
    engine.behave('/login', delay(50))
    const tokens = await Promise.all(
      Array.from({ length: 20 }, () => session.ensure(Date.now() + 250)),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(engine.logins).toBe(1)
    expect(logins).toEqual([{ engine: 'e', via: 'login', life: 600_000 }])
    expect(await session.ensure(Date.now() + 250)).toBe(tokens[0])
  })

  it('is refreshed in the background when its end comes near', async () => {
    const { engine, session, logins } = await startEngineAndSession({ tokenLife: 100_000 })
    const first = await session.ensure(Date.now())
    advance(85_000)
    engine.behave('/refresh', delay(50))
    expect(await session.ensure(Date.now())).toBe(first)
    expect(await session.ensure(Date.now())).toBe(first)
    await vi.waitFor(() => expect(session.token).not.toBe(first), 10_000)
    expect([engine.logins, engine.refreshes]).toEqual([1, 1])
    expect(logins.at(-1)).toEqual({ engine: 'e', via: 'refresh', life: 100_000 })
  })

  it('is waited for when the one at hand does not live until the slot', async () => {
    const { engine, session } = await startEngineAndSession({ tokenLife: 100_000 })
    const first = await session.ensure(Date.now())
    const second = await session.ensure(Date.now() + 99_500)
    expect(second).not.toBe(first)
    expect([engine.logins, engine.refreshes]).toEqual([1, 1])
  })

  it.each([-3_600_000, 3_600_000])('is understood when the clocks differ by %d ms', async skew => {
    const { engine, session } = await startEngineAndSession({ clockSkew: skew, tokenLife: 60_000 })
    const first = await session.ensure(Date.now())
    expect(await session.ensure(Date.now() + 30_000)).toBe(first)
    expect(await session.ensure(Date.now() + 59_500)).not.toBe(first)
    expect(engine.logins).toBe(1)
  })

  it('may live shortly without a login for every call', async () => {
    const { engine, session } = await startEngineAndSession({ tokenLife: 1_000 })
    // At half of its life the next one would be asked for.
    advance(0)
    for (let i = 0; i < 5; i++) await session.ensure(Date.now())
    expect([engine.logins, engine.refreshes]).toEqual([1, 0])
  })

  it('that was refused is replaced by a login, a newer one is kept', async () => {
    const { engine, session } = await startEngineAndSession()
    const first = await session.ensure(Date.now())
    session.reject(first)
    const second = await session.ensure(Date.now())
    session.reject(first)
    expect(await session.ensure(Date.now())).toBe(second)
    expect([engine.logins, engine.refreshes]).toEqual([2, 0])
  })
})

describe('a refused /refresh', () => {
  it.each([
    ['401', answer(401, { msg: 'Token has been revoked' })],
    ['404', answer(404)],
    ['405', answer(405)],
    ['422', answer(422)],
    ['500', answer(500)],
    ['an answer without a token', answer(200, { status: 'success' })],
  ])('with %s falls back to /login', async (_, behaviour) => {
    const { engine, session, failures } = await startEngineAndSession({ tokenLife: 100_000 })
    const first = await session.ensure(Date.now())
    engine.behave('/refresh', behaviour)
    expect(await session.ensure(Date.now() + 99_500)).not.toBe(first)
    expect([engine.logins, engine.refreshes]).toEqual([2, 1])
    expect(failures).toEqual([])
  })

  it('that fails for a while leaves the token in use', async () => {
    const { engine, session, failures } = await startEngineAndSession({ tokenLife: 100_000 })
    const first = await session.ensure(Date.now())
    engine.behave('/refresh', unavailable())
    advance(85_000)
    expect(await session.ensure(Date.now())).toBe(first)
    await vi.waitFor(() => expect(failures).toHaveLength(1), 10_000)
    expect(await session.ensure(Date.now())).toBe(first)
    expect([engine.logins, engine.refreshes]).toEqual([1, 1])
    engine.recover()
    advance(1_000)
    await session.ensure(Date.now())
    await vi.waitFor(() => expect(session.token).not.toBe(first), 10_000)
  })
})
