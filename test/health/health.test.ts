import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ask } from '../fixtures/ask.ts'
import { part, startHealth } from '../fixtures/health.ts'

test('says ok, and why not', async t => {
  const { url } = await startHealth(t)
  for (const path of ['livez', 'readyz', 'readyz?verbose']) {
    const answer = await ask(url + path)
    expect([answer.status, answer.text]).toEqual([200, 'ok\n'])
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', connection: 'close' })
  }
  const parts = { worker: part({ ok: false, detail: 'out of reach' }) }
  const { url: ill } = await startHealth(t, { parts })
  expect(await ask(`${ill}livez`)).toMatchObject({ status: 200, text: 'ok\n' })
  expect(await ask(`${ill}readyz`)).toMatchObject({
    status: 503,
    text: 'worker: redis: out of reach\n',
  })
})

test('is alive and not ready once the process is told to stop', async t => {
  const { url, stop } = await startHealth(t)
  stop()
  expect(await ask(`${url}livez`)).toMatchObject({ status: 200 })
  expect(await ask(`${url}readyz`)).toMatchObject({ status: 503, text: 'stopping\n' })
  const { status, text } = await ask(`${url}healthz`)
  expect(status).toBe(503)
  expect(JSON.parse(text)).toMatchObject({ status: 'not-ready', stopping: true })
})

test('answers nothing but GET and HEAD, without a body', async t => {
  const { url } = await startHealth(t)
  const head = await ask(`${url}livez`, { method: 'HEAD' })
  expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '3', ''])
  expect(await ask(`${url}livez`, { method: 'POST' })).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD' },
  })
  expect(await ask(`${url}livez`, { body: 'x' })).toMatchObject({ status: 400 })
  expect(await ask(`${url}metrics`)).toMatchObject({ status: 404 })
})

test('answers well when a part cannot say how it is', async t => {
  const parts = {
    worker: {
      checks() {
        throw new Error('a detail')
      },
    },
  }
  const { url } = await startHealth(t, { parts })
  expect(await ask(`${url}livez`)).toMatchObject({ status: 500, text: 'Error\n' })
})

test('hangs up on who does not come to the point', async t => {
  const { url } = await startHealth(t)
  const slow = connect(Number(new URL(url).port), '127.0.0.1')
  slow.write('GET /livez HTTP/1.1\r\n')
  expect(await text(slow)).toContain('408')
})

test('turns away what is too many', async t => {
  const { url } = await startHealth(t)
  const port = Number(new URL(url).port)
  const sockets = await Promise.all(
    Array.from({ length: 32 }, async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }),
  )
  const late = connect(port, '127.0.0.1')
  await once(late.resume(), 'close')
  for (const socket of sockets) socket.destroy()
  await expect.poll(() => ask(`${url}livez`).catch(() => null)).toMatchObject({ status: 200 })
})

test('does nothing where no port is set, and can be stopped twice', async t => {
  const { health, url } = await startHealth(t, { health: { port: null } })
  expect([health.url, url]).toEqual([null, ''])
  await health.stop()
  await health.stop()
})

test('listens on IPv6, and ends with open connections', async t => {
  const { health, url } = await startHealth(t, { health: { host: '[::1]' } })
  const socket = connect(Number(new URL(url).port), '::1')
  await once(socket, 'connect')
  expect(await ask(`${url}livez`)).toMatchObject({ status: 200 })
  const closed = once(socket.resume(), 'close')
  await health.stop()
  await closed
})
