import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startRedis } from '../fixtures/redis.ts'
import { CA } from '../fixtures/tls/pem.ts'
import { expectTrue, startSystem } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

const PEMS = join(import.meta.dirname, '../fixtures/tls')

test('Redis with an ACL user and a password of odd characters', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const admin = new Redis(server.url)
  onTestFinished(() => admin.disconnect())
  const password = 'p@ss:wörd/#%'
  const rules = ['~{hft-scheduler}:*', '&*', '+@all', '-@dangerous', '+info', '+client', '+keys']
  await admin.call('ACL', 'SETUSER', 'trader', 'on', `>${password}`, ...rules)
  await admin.call('ACL', 'SETUSER', 'default', 'off')
  const url = `redis://trader:${encodeURIComponent(password)}@127.0.0.1:${server.port}`
  const system = await startSystem({ redis: { url, ca: null }, workers: 2 })
  await system.ticking()
  const logs = [...system.workers, ...system.producers].map(process => process.stdout()).join('')
  expect(logs).not.toContain(password)
  expect(logs).not.toContain(encodeURIComponent(password))
  await expectTrue(system)
})

test('Redis behind TLS with a private CA', async () => {
  const probe = await startRedis()
  const { port } = probe
  await probe.stop()
  const tls = ['--tls-port', String(port), '--port', '0', '--tls-auth-clients', 'no']
  const files = [
    '--tls-cert-file',
    join(PEMS, 'test-only-localhost.pem'),
    '--tls-key-file',
    join(PEMS, 'test-only-localhost-key.pem'),
  ]
  const ca = ['--tls-ca-cert-file', join(PEMS, 'test-only-ca.pem')]
  const server = await startRedis({ port, args: [...tls, ...files, ...ca], ready: 'process' })
  onTestFinished(() => server.stop())
  const url = `rediss://localhost:${port}`
  const env = { REDIS_CA_FILE: join(PEMS, 'test-only-ca.pem') }
  const system = await startSystem({ redis: { url, ca: CA }, env, workers: 2 })
  await system.ticking()
  await expectTrue(system)
  const { code, stderr } = await system.place.run(['status'], { REDIS_URL: url })
  expect(code).not.toBe(0)
  expect(stderr).toContain('Redis is out of reach')
})
