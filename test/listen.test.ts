import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { expect, type TestContext, test } from 'vitest'
import { listen } from '../src/listen.ts'

async function taken({ onTestFinished }: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return portOf(server)
}

function fresh({ onTestFinished }: TestContext): Server {
  const server = createServer()
  onTestFinished(() => void server.close())
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

const part = 'dashboard'

test('listens on IPv6 in brackets', async t => {
  const server = fresh(t)
  await listen({ server, part, host: '[::1]', port: 0 })
  expect(server.address()).toMatchObject({ address: '::1' })
})

test('says that another program has the port', async t => {
  const port = await taken(t)
  await expect(listen({ server: fresh(t), part, host: '127.0.0.1', port })).rejects.toMatchObject({
    name: 'UserError',
    message: `dashboard: cannot listen on 127.0.0.1:${port}, the port is taken by another program`,
    hint: 'end that, or choose another port with --dashboard-port',
    exitCode: 75,
  })
})

test('takes the next free port where it may', async t => {
  const port = await taken(t)
  const server = fresh(t)
  await listen({ server, part, host: '127.0.0.1', port, ports: 100 })
  expect(portOf(server)).toBeGreaterThan(port)
  expect(portOf(server)).toBeLessThan(port + 100)
})

test('names all the ports that it has tried', async t => {
  const port = await taken(t)
  const next = createServer()
  t.onTestFinished(() => void next.close())
  await once(next.listen(port + 1, '127.0.0.1'), 'listening').catch(() => 0)
  await expect(
    listen({ server: fresh(t), part, host: '127.0.0.1', port, ports: 2 }),
  ).rejects.toMatchObject({
    message: `dashboard: the ports ${port} to ${port + 1} of 127.0.0.1 are taken by other programs`,
    exitCode: 75,
  })
})

test.each(['192.0.2.1', 'nowhere.invalid'])('says that %s is no address here', async host => {
  const server = createServer()
  await expect(listen({ server, part: 'health', host, port: 0 })).rejects.toMatchObject({
    message: `health: cannot listen on ${host}:0, there is no such address on this machine`,
    hint: 'give an address of this machine with --health-host',
    exitCode: 2,
  })
})
