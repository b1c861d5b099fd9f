import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { delay } from '../../fixtures/behaviours.ts'
import type { EngineOptions } from '../../fixtures/engine.ts'
import { startEngineAndClient } from '../../fixtures/engine-client.ts'

describe.each([
  ['http', {}],
  ['https', { tls: 'localhost' }],
  ['http without keep-alive', { keepAlive: 0 }],
  ['https without keep-alive', { tls: 'localhost', keepAlive: 0 }],
] as const)('over %s', (_, options: EngineOptions) => {
  // For a slot that passes while the login lasts, nothing would be prepared any more.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() }))
  afterEach(() => void vi.useRealTimers())

  it('a prepared call opens no connection', async () => {
    const { engine, client, call } = await startEngineAndClient(options)
    let expected = 1
    for (let run = 0; run < 4; run++) {
      if (run === 0 || options.keepAlive === 0) expected++
      await client.prepare(Date.now() + 100)
      await engine.waitFor(() => engine.connections === expected)
      await call()
    }
    expect(engine.connections).toBe(expected)
  })

  it('calls that are prepared together have a connection each', async () => {
    const { engine, client, call } = await startEngineAndClient(options)
    let expected = 1
    for (let round = 0; round < 3; round++) {
      if (round === 0 || options.keepAlive === 0) expected += 3
      await Promise.all([1, 2, 3].map(() => client.prepare(Date.now() + 100)))
      await engine.waitFor(() => engine.connections === expected)
      await Promise.all([call(), call(), call()])
    }
    expect(engine.connections).toBe(expected)
  })
})

it('uses one connection again while calls follow each other closely', async () => {
  const { engine, client, call } = await startEngineAndClient()
  await client.prepare(Date.now())
  await call()
  const before = engine.connections
  for (let run = 0; run < 5; run++) {
    await client.prepare(Date.now() + 200)
    await call()
  }
  expect(engine.connections).toBe(before)
})

it('opens another connection when the idle one would be too old at the slot', async () => {
  const { engine, client, call } = await startEngineAndClient()
  await call()
  const before = engine.connections
  await client.prepare(Date.now() + 1_450)
  await engine.waitFor(() => engine.connections > before)
  expect(engine.connections).toBe(before + 1)
})

it('closes idle connections before the engine does', async () => {
  const { engine, call } = await startEngineAndClient({ keepAlive: 60_000 })
  await call()
  await engine.waitFor(() => engine.open === 0)
})

it('heeds the time that the engine announces for idle connections', async () => {
  const { engine, call } = await startEngineAndClient({ keepAlive: 1_000 })
  await call()
  await engine.waitFor(() => engine.open === 0)
  await call()
})

it('drops a prepared connection that the engine has closed', async () => {
  const { engine, client, call } = await startEngineAndClient()
  await client.prepare(Date.now() + 500)
  await engine.waitFor(() => engine.connections === 2)
  engine.disconnect()
  await engine.waitFor(() => engine.open === 0)
  // What the engine has closed, the client hears of a little later.
  await setTimeout(20)
  await call()
})

it('prepares for a slot that is far away shortly before it', async () => {
  const { engine, client, call } = await startEngineAndClient()
  await client.prepare(Date.now() + 4_000)
  expect(engine.connections).toBe(1)
  await engine.waitFor(() => engine.connections === 2)
  await call()
  expect(engine.connections).toBe(2)
})

it('does not wait beyond the slot for an engine that does not answer its connection', async () => {
  const { engine, client } = await startEngineAndClient({ timeout: 60_000 })
  await client.prepare(Date.now())
  await engine.close()
  const start = performance.now()
  await client.prepare(Date.now() + 300)
  // Far less than connecting may take.
  expect(performance.now() - start).toBeLessThan(5_000)
})

it('lets a login take no connection that a call counts on', async () => {
  const { engine, client, call } = await startEngineAndClient({ tokenLife: 2_000 })
  await client.prepare(Date.now() + 100)
  engine.behave('/refresh', delay(200))
  await client.prepare(Date.now() + 1_000)
  const before = engine.connections
  await Promise.all([call(), call()])
  expect(engine.connections).toBeLessThanOrEqual(before + 1)
})
