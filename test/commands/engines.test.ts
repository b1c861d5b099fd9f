import { networkInterfaces } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, type TestContext, test } from 'vitest'
import { type LogLine, workplace } from '../fixtures/cli.ts'
import { type EngineOptions, startEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'

const CA = fileURLToPath(new URL('../fixtures/tls/test-only-ca.pem', import.meta.url))
const OTHER_CA = fileURLToPath(new URL('../fixtures/tls/test-only-localhost.pem', import.meta.url))
const ipv6 = Object.values(networkInterfaces()).some(addresses =>
  addresses?.some(({ address }) => address === '::1'),
)

async function setup(t: TestContext, options: EngineOptions, env: Record<string, string> = {}) {
  const engine = await startEngine(options)
  t.onTestFinished(() => engine.close())
  const place = await workplace(t)
  return { engine, up: place.start(['up'], environmentFor(engine, env)) }
}

const ends = (verdict: string) => (run: LogLine) => run.verdict === verdict

describe.concurrent('an engine', () => {
  test.skipIf(!ipv6)('at an IPv6 address is called', async t => {
    const { engine, up } = await setup(t, { host: '::1' })
    await up.event('run', ends('succeeded'))
    expect(engine.count('/login')).toBe(1)
  })

  test('with a private CA is called', async t => {
    const env = { SCHEDULER_ENGINEAPI_CA_FILE: CA }
    const { up } = await setup(t, { tls: 'localhost' }, env)
    await up.event('run', ends('succeeded'))
  })

  test.for([
    ['of another CA', { tls: 'localhost' }, { SCHEDULER_ENGINEAPI_CA_FILE: OTHER_CA }],
    ['of a CA that nobody knows', { tls: 'localhost' }, {}],
    ['for another host', { tls: 'other-host' }, { SCHEDULER_ENGINEAPI_CA_FILE: CA }],
  ] as const)('with a certificate %s is not called', async ([, options, env], t) => {
    const { engine, up } = await setup(t, options, env)
    const run = await up.event('run', ({ reason }) => reason === 'tls')
    expect(run).toMatchObject({ verdict: 'failed', status: null, level: 'error' })
    expect(engine.arrivals).toEqual([])
  })
})
