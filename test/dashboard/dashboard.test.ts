import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, it, type TestContext } from 'vitest'
import { Dashboard } from '../../src/dashboard/dashboard.ts'
import { createEvents } from '../../src/events.ts'
import { dashboardConfig, startDashboard } from '../fixtures/dashboard.ts'

/** One that has not been started. */
function idle(change: Parameters<typeof dashboardConfig>[0] = {}) {
  const events = createEvents()
  const announced: unknown[] = []
  for (const name of ['started', 'stopped', 'redis-lost'] as const) {
    events.on(name, (event: { part: string }) => announced.push([name, event.part]))
  }
  const config = dashboardConfig(change)
  return { dashboard: new Dashboard({ config, events, version: 'test' }), announced }
}

describe('its life', () => {
  it('bears being started and stopped twice, also at once', async () => {
    const { dashboard, announced } = idle()
    await Promise.all([dashboard.start(), dashboard.start()])
    await dashboard.start()
    expect((await fetch(dashboard.url)).status).toBe(200)
    const { url } = dashboard
    await Promise.all([dashboard.stop(), dashboard.stop()])
    await dashboard.stop()
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    expect(announced).toEqual([
      ['started', 'dashboard'],
      ['stopped', 'dashboard'],
    ])
  })

  it('bears being stopped before it was started', async () => {
    const { dashboard, announced } = idle()
    await dashboard.stop()
    expect(announced).toEqual([])
    await dashboard.start()
    await dashboard.stop()
    expect(announced).toHaveLength(2)
  })

  it('bears being stopped while it starts', async () => {
    const { dashboard } = idle()
    const starting = dashboard.start()
    await dashboard.stop()
    await starting
    expect(dashboard.url).toBe('http://127.0.0.1:0/')
  })

  it('leaves nothing behind where it cannot listen', async t => {
    const server = createServer().listen(0, '127.0.0.1')
    t.onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { dashboard, announced } = idle({ port, redisUrl: 'redis://127.0.0.1:1' })
    await expect(dashboard.start()).rejects.toMatchObject({ name: 'UserError', exitCode: 75 })
    await dashboard.stop()
    expect(announced).toEqual([])
  })

  it('says where it is', async t => {
    const { url, dashboard } = await startDashboard(t, { host: '[::1]', path: '/ops' })
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+\/ops\/$/)
    expect((await fetch(dashboard.url)).status).toBe(200)
  })
})

describe('its end', () => {
  it('does not wait for requests that never end', async t => {
    const { dashboard, url } = await startDashboard(t)
    const socket = await halfAsked(t, url)
    const closed = new Promise(resolve => socket.once('close', resolve))
    await dashboard.stop()
    await closed
  })

  it('does not wait for pages that stay open', async t => {
    const { dashboard, get } = await startDashboard(t)
    const live = await get('api/live')
    expect(live.headers.get('content-type')).toContain('text/event-stream')
    await dashboard.stop()
    // Whether it was ended or cut: there is nothing more to read.
    await live.text().catch(() => '')
  })

  it('comes while Redis is out of reach, too', async t => {
    const { dashboard, get } = await startDashboard(t, { redisUrl: 'redis://127.0.0.1:1' })
    const asked = get('api/overview').catch(() => null)
    const live = await get('api/live').catch(() => null)
    await dashboard.stop()
    await asked
    await live?.text().catch(() => '')
  })
})

/** A connection with a second request on it that has begun, and never ends. */
async function halfAsked({ onTestFinished }: TestContext, url: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  // It is cut, not ended.
  socket.on('error', () => 0)
  socket.write('GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'data')
  socket.write('GET /api/x HTTP/1.1\r\nHost: local')
  return socket
}
