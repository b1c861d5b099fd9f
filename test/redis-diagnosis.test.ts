import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createEvents, type EventMap } from '../src/events.ts'
import { connectRedis, createRedis, RedisUnreachable } from '../src/redis.ts'
import { freePort, startRedis } from './fixtures/redis.ts'
import { pem } from './fixtures/tls/pem.ts'

const TLS = join(import.meta.dirname, 'fixtures/tls')
const OF_TLS = /^redis:\/\/\S+: it speaks TLS, and REDIS_URL says redis:\/\/$/

async function redisWithTls(): Promise<number> {
  const port = await freePort()
  const files = ['--tls-cert-file', join(TLS, 'test-only-localhost.pem')]
  const rest = [
    '--tls-key-file',
    join(TLS, 'test-only-localhost-key.pem'),
    '--tls-auth-clients',
    'no',
  ]
  const args = ['--port', '0', '--tls-port', String(port), ...files, ...rest]
  args.push('--tls-ca-cert-file', join(TLS, 'test-only-ca.pem'))
  const server = await startRedis({ port, args, ready: 'process' })
  onTestFinished(() => server.stop())
  await expect.poll(() => isListening(port)).toBe(true)
  return port
}

function isListening(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(true))
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy())
  })
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function refusal(url: string, ca: string | null = null): Promise<RedisUnreachable> {
  const error: unknown = await connectRedis({ url, ca }).catch(thrown => thrown)
  expect(error).toBeInstanceOf(RedisUnreachable)
  return error as RedisUnreachable
}

it('says that Redis speaks TLS where REDIS_URL does not', async () => {
  const port = await redisWithTls()
  const { message, advice } = await refusal(`redis://localhost:${port}`)
  expect(message).toMatch(OF_TLS)
  expect(advice).toMatch(/rediss:\/\/.*REDIS_CA_FILE/)
})

it('says which CA is not known', async () => {
  const port = await redisWithTls()
  const { message, advice } = await refusal(`rediss://localhost:${port}`)
  expect(message).toMatch(/: its certificate is not signed by an authority that is known here$/)
  expect(advice).toContain('REDIS_CA_FILE')
})

it('says that Redis speaks no TLS where REDIS_URL does', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const { message, advice } = await refusal(`rediss://127.0.0.1:${server.port}`)
  expect(message).toMatch(/: it speaks no TLS, and REDIS_URL says rediss:\/\/$/)
  expect(advice).toContain('write redis://')
})

it('tells a web server from Redis, with TLS and without', async () => {
  const plain = await portOf(createServer((_request, response) => void response.end('hello')))
  const tls = await portOf(
    createSecureServer(
      { cert: pem('localhost'), key: pem('localhost-key') },
      (_request, response) => {
        response.end('hello')
      },
    ),
  )
  for (const url of [`redis://127.0.0.1:${plain}`, `redis://127.0.0.1:${tls}`]) {
    const { message, advice } = await refusal(url)
    expect(message, url).toMatch(/: a web server answers there \(HTTP\), not Redis$/)
    expect(advice).toContain('REDIS_URL')
  }
})

it('tells what else may listen there from Redis', async () => {
  const ssh = await portOf(createTcpServer(socket => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))
  const page = '<!DOCTYPE HTML>\n<html lang="en"></html>'
  const python = await portOf(
    createTcpServer(socket => socket.once('data', () => socket.end(page))),
  )
  for (const scheme of ['redis', 'rediss']) {
    const { message, advice } = await refusal(`${scheme}://127.0.0.1:${ssh}`)
    expect(message).toMatch(/: what answers there does not speak the protocol of Redis$/)
    expect(advice).toContain('REDIS_URL')
    const web = await refusal(`${scheme}://127.0.0.1:${python}`)
    expect(web.message).toMatch(/: a web server answers there \(HTTP\), not Redis$/)
  }
})

it('speaks TLS because of the URL, not because of a CA', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const redis = await connectRedis({ url: server.url, ca: 'of no use' })
  expect(await redis.ping()).toBe('PONG')
  redis.disconnect()
  const tls = await redisWithTls()
  const { message } = await refusal(`redis://localhost:${tls}`, pem('ca'))
  expect(message).toMatch(OF_TLS)
})

it('says it to the log of a service as well, once', async () => {
  const port = await redisWithTls()
  const events = createEvents()
  const warnings: EventMap['warning'][0][] = []
  events.on('warning', warning => warnings.push(warning))
  const redis = createRedis({ url: `redis://localhost:${port}`, ca: null }, 'worker', events)
  onTestFinished(() => redis.disconnect())
  await expect.poll(() => warnings).toHaveLength(1)
  expect(warnings[0]).toMatchObject({ part: 'worker' })
  expect(warnings[0]?.message.split(';')[0]).toMatch(OF_TLS)
})
