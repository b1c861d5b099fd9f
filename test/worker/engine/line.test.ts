import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Connections } from '../../../src/worker/engine/connections.ts'
import { Line } from '../../../src/worker/engine/line.ts'
import { classify } from '../../../src/worker/engine/responses.ts'
import { startEngine } from '../../fixtures/engine.ts'
import { CA } from '../../fixtures/tls/pem.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function createLine(url: string, { ca = null as string | null, timeout = 5_000 } = {}) {
  const connections = new Connections({ url: new URL(url), ca, timeout })
  closing.push(() => connections.destroy())
  const line = new Line(url, connections)
  return {
    connections,
    send: async (signal?: AbortSignal) => {
      const request = { method: 'GET', path: '/healthcheck', headers: {}, timeout, signal } as const
      return classify(await line.send(request), 'update-engine')
    },
  }
}

/** A server of bare sockets. */
async function listen(serve: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise(resolve => server.close(resolve))
  })
  return (server.address() as net.AddressInfo).port
}

/** Nobody is given this one by chance, as one that was free a moment ago can be. */
const UNUSED_PORT = 1

describe('a request that cannot have reached the engine', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]'])('is refused at %s', async host => {
    const { send } = createLine(`http://${host}:${UNUSED_PORT}`)
    expect(await send()).toMatchObject({ class: 'not-executed', reason: 'refused', status: null })
  })

  it('has no address', async () => {
    // Too long for a name: nobody is asked, who may take his time to answer.
    const { send } = createLine(`http://${'x'.repeat(64)}.invalid`)
    expect(await send()).toMatchObject({ class: 'not-executed', reason: 'dns' })
  })

  it.each([
    ['an unknown authority', null, 'localhost'],
    ['the certificate of another host', CA, 'other-host'],
  ] as const)('meets %s', async (_, ca, tls) => {
    const engine = await startEngine({ tls })
    closing.push(engine.close)
    const { send } = createLine(engine.url, { ca })
    expect(await send()).toMatchObject({ class: 'not-executed', reason: 'tls' })
    expect(engine.connections).toBe(1)
    expect(engine.arrivals).toEqual([])
  })

  it('meets a server that speaks no TLS', async () => {
    const engine = await startEngine()
    closing.push(engine.close)
    const { send } = createLine(engine.url.replace('http:', 'https:'))
    expect(await send()).toMatchObject({ class: 'not-executed', reason: 'tls' })
    expect(engine.arrivals).toEqual([])
  })

  it('is reset during the TLS handshake', async () => {
    const port = await listen(socket => socket.once('data', () => socket.resetAndDestroy()))
    const { send } = createLine(`https://127.0.0.1:${port}`)
    expect(await send()).toMatchObject({ class: 'not-executed', reason: 'tls' })
  })

  it('waits for a TLS handshake until its time is over', async () => {
    const port = await listen(() => {})
    const { send } = createLine(`https://127.0.0.1:${port}`, { timeout: 150 })
    expect(await send()).toMatchObject({ class: 'not-executed', reason: 'connect-time-out' })
  })

  it('is given up before it is sent, or while connecting', async () => {
    const port = await listen(() => {})
    const { send } = createLine(`https://127.0.0.1:${port}`)
    expect(await send(AbortSignal.abort())).toMatchObject({ reason: 'aborted' })
    const abort = new AbortController()
    const sent = send(abort.signal)
    setImmediate(() => abort.abort())
    expect(await sent).toMatchObject({ class: 'not-executed', reason: 'aborted' })
  })
})

describe('a request that may have reached the engine', () => {
  it('meets garbage for an answer', async () => {
    const port = await listen(socket => socket.once('data', () => socket.write('hello\r\n\r\n')))
    const { send } = createLine(`http://127.0.0.1:${port}`)
    expect(await send()).toMatchObject({ class: 'unknown', reason: 'protocol' })
  })

  it('is reset before any byte of an answer', async () => {
    const port = await listen(socket => socket.once('data', () => socket.resetAndDestroy()))
    const { send } = createLine(`http://127.0.0.1:${port}`)
    expect(await send()).toMatchObject({ class: 'unknown', reason: 'reset', status: null })
  })

  it('meets half a head of an answer', async () => {
    const port = await listen(socket =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-')),
    )
    const { send } = createLine(`http://127.0.0.1:${port}`)
    expect(await send()).toMatchObject({ class: 'unknown', status: null })
  })

  const done = '{"status":"success","engine":"running"}'
  it.each([
    ['unknown', 'cut-off', done.slice(0, 25)],
    ['unknown', 'cut-off', ''],
    ['executed', 'contract', '{"status":"error","engine":"running"}'],
    ['succeeded', null, done],
  ])('is %s %s by an answer that only the end of the connection ends: %s', async (...of) => {
    const [kind, reason, body] = of
    const port = await listen(socket =>
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${body}`)),
    )
    const { send } = createLine(`http://127.0.0.1:${port}`)
    expect(await send()).toMatchObject({ class: kind, reason, status: 200 })
  })

  it('leaves nothing behind on a signal that outlives it', async () => {
    const engine = await startEngine()
    closing.push(engine.close)
    const { send } = createLine(engine.url)
    const { signal } = new AbortController()
    const warnings: Error[] = []
    const warn = (warning: Error) => warnings.push(warning)
    process.on('warning', warn)
    await Promise.all(Array.from({ length: 30 }, () => send(signal)))
    await new Promise(setImmediate)
    process.off('warning', warn)
    expect(warnings).toEqual([])
  })
})
