import { describe, expect, it } from 'vitest'
import {
  answer,
  cutOff,
  hang,
  huge,
  notJson,
  redirect,
  reset,
  unavailable,
} from '../../fixtures/behaviours.ts'
import { advance, startEngineAndSession } from '../../fixtures/session.ts'

describe('a login', () => {
  it('that is refused is permanent, and backs off up to a minute without asking', async () => {
    const { engine, session, failures, failing } = await startEngineAndSession()
    engine.setPassword('another')
    advance(0)
    const waits = []
    for (let run = 0; run < 8; run++) {
      const refused = { class: 'permanent', reason: 'login-refused', status: 401 }
      expect(await failing()).toMatchObject(refused)
      expect(await failing()).toMatchObject(refused)
      expect(engine.logins).toBe(run + 1)
      const wait = (failures.at(-1)?.retryAt ?? 0) - Date.now()
      waits.push(Math.round(wait / 1000))
      advance(wait)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    engine.setPassword(engine.password)
    expect(await session.ensure(Date.now())).toMatchObject({ life: 600_000 })
  })

  it.each([
    ['permanent', 'login-refused', answer(400)],
    ['permanent', 'login-refused', answer(403, 'Forbidden')],
    ['permanent', 'login-refused', answer(404)],
    ['permanent', 'login-refused', answer(422)],
    ['permanent', 'http-302', redirect],
    ['permanent', 'contract', notJson],
    ['permanent', 'contract', answer(200, { status: 'success', access_token: 'a\r\nb' })],
    ['not-executed', 'http-429', answer(429)],
    ['not-executed', 'http-500', answer(500)],
    ['not-executed', 'http-503', unavailable()],
    ['not-executed', 'http-504', answer(504)],
    ['not-executed', 'reset', reset],
    ['not-executed', 'cut-off', cutOff()],
    ['not-executed', 'too-large', huge(2_000_000)],
    ['not-executed', 'time-out', hang, 400],
  ] as const)(
    'that fails is %s %s, never unknown',
    async (kind, reason, behaviour, timeout: number = 5_000) => {
      const { engine, failures, failing } = await startEngineAndSession({ timeout })
      // It may be tried again a quarter of a second later.
      advance(0)
      engine.behave('/login', behaviour)
      expect(await failing()).toMatchObject({ class: kind, reason })
      expect(failures).toMatchObject([{ reason }])
      expect(await failing()).toMatchObject({ class: kind, reason })
      expect(engine.logins).toBe(1)
    },
  )

  it('that failed for a while says when it may be tried again', async () => {
    const { engine, failing } = await startEngineAndSession()
    engine.behave('/login', unavailable(3))
    advance(0)
    expect(await failing()).toMatchObject({ retryAfter: 3_000 })
    advance(1_000)
    expect(await failing()).toMatchObject({ retryAfter: 2_000 })
  })

  it('is given up by close, without counting as failed', async () => {
    const { engine, session, failures, failing } = await startEngineAndSession()
    engine.behave('/login', hang)
    const given = failing()
    await engine.waitFor(() => engine.logins === 1)
    session.close()
    expect(await given).toMatchObject({ class: 'not-executed', reason: 'aborted' })
    expect(failures).toEqual([])
  })
})
