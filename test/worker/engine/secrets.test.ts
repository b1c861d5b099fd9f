import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../../../src/worker/engine/errors.ts'
import { answer } from '../../fixtures/behaviours.ts'
import { startEngineAndClient } from '../../fixtures/engine-client.ts'

describe('secrets', () => {
  it('are in no result, error or event, even when the engine repeats them', async () => {
    const { engine, events, client, call } = await startEngineAndClient({
      password: 'p4ss "w0rd"\n',
    })
    const seen: unknown[] = []
    events.on('login', event => seen.push(event)).on('login-failed', event => seen.push(event))
    for (const path of ['/update-engine', '/stats', '/login', '/refresh']) {
      engine.behave(path, async exchange => {
        let sent = exchange.request.headers.authorization ?? ''
        for await (const chunk of exchange.request) sent += chunk
        await answer(path === '/stats' ? 500 : 403, `no: ${sent}`)(exchange)
      })
    }
    engine.behave('/login', exchange => exchange.next(), 1)
    seen.push(await call(), await call('get-stats'))
    engine.newSecret()
    engine.behave('/update-engine', exchange => exchange.next())
    engine.behave('/login', async exchange => {
      let sent = ''
      for await (const chunk of exchange.request) sent += chunk
      await answer(401, { message: `wrong: ${JSON.parse(sent).password}`, sent })(exchange)
    })
    seen.push(await call())
    const error = await client.prepare(Date.now()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(EngineError)
    seen.push(error, (error as Error).stack, { ...(error as object) })
    const text = inspect(seen, { depth: 10, showHidden: true })
    expect(text).toContain('***')
    expect(text).not.toContain('w0rd')
    expect(text).not.toContain('eyJ')
  })
})
