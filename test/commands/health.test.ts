import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { hang } from '../fixtures/behaviours.ts'
import { workplace } from '../fixtures/cli.ts'
import { startEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'
import { startProbed } from '../fixtures/probed.ts'
import { freePort, startRedis } from '../fixtures/redis.ts'

/** An engine that is down. */
const NOBODY = { url: 'http://127.0.0.1:1', username: 'me', password: 's3cret' }

const STRANGER = /^hft-scheduler: another program answers at http:\S+, none of hft-scheduler$/m

describe.concurrent('the health of a process', () => {
  test('a worker is ready once something is declared, though its engine is down', async t => {
    const worker = await startProbed(t, ['worker'], environmentFor(NOBODY))
    await worker.until('readyz', 503, 'worker: declared: no schedule is declared in Redis\n')
    expect(await worker.ask('livez')).toMatchObject({ status: 200 })
    expect(await worker.health('--check', 'readyz')).toMatchObject({
      code: 1,
      stdout: 'worker: declared: no schedule is declared in Redis\n',
    })
    worker.place.start(['producer'], { ...worker.env, SCHEDULER_HEALTH_PORT: '' })
    await worker.until('readyz', 200, 'ok\n')
    await worker.process.event('run', run => run.verdict === 'failed')
    for (const path of ['livez', 'readyz']) {
      expect(await worker.ask(path)).toEqual({ status: 200, text: 'ok\n' })
    }
    // Where no producer was there for a while, it had to be looked at.
    await worker.until('healthz', 200)
    const { code, stdout, stderr } = await worker.health('--json')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', parts: ['worker'] })
    expect(stdout).not.toContain('s3cret')
  })

  test('an outage of Redis is no death', async t => {
    const redis = await startRedis()
    t.onTestFinished(() => redis.stop())
    const env = environmentFor(NOBODY, {
      REDIS_URL: redis.url,
      SCHEDULER_DASHBOARD_PORT: String(await freePort()),
    })
    const all = await Promise.all(
      ['producer', 'worker', 'dashboard'].map(part => startProbed(t, [part], env)),
    )
    for (const each of all) await each.until('readyz', 200)
    await redis.kill9()
    for (const each of all) {
      await each.until('readyz', 503)
      expect(await each.ask('livez')).toEqual({ status: 200, text: 'ok\n' })
      const { status, text } = (await each.ask('healthz')) ?? {}
      expect(status).toBe(503)
      expect(JSON.parse(text ?? '')).toMatchObject({
        ...{ status: 'not-ready', redis: { ready: false }, schedules: null },
      })
    }
    await redis.restart()
    for (const each of all) await each.until('readyz', 200)
  })

  test('a process that starts without Redis is alive and not ready', async t => {
    const env = environmentFor(NOBODY, { REDIS_URL: 'redis://me:h1dden@127.0.0.1:1' })
    for (const part of ['producer', 'worker']) {
      const probed = await startProbed(t, [part], env)
      await probed.until('livez', 200)
      const { text = '' } = (await probed.ask('readyz')) ?? {}
      expect(text).toContain(`${part}: redis: out of reach\n`)
      expect(text).toContain(`${part}: declared: `)
      const { stdout } = await probed.health()
      expect(stdout).toMatch(/^not-ready {2}/)
      expect(text + stdout + (await probed.ask('healthz'))?.text).not.toContain('h1dden')
      expect(await probed.process.end()).toMatchObject({ code: 0 })
    }
  })

  test('a worker that ends its last call is alive and not ready', async t => {
    const engine = await startEngine()
    t.onTestFinished(() => engine.close())
    engine.behave('/update-engine', hang)
    const worker = await startProbed(
      t,
      ['worker', '--shutdown-timeout', '30'],
      environmentFor(engine),
    )
    await worker.place.run(['producer', '--once'], worker.env)
    await engine.waitFor(() => engine.inFlight('/update-engine') === 1, 60_000)
    worker.process.kill('SIGTERM')
    await worker.until('readyz', 503, 'stopping\n')
    expect(await worker.ask('livez')).toEqual({ status: 200, text: 'ok\n' })
  })

  test('one that is frozen does not answer', async t => {
    const probed = await startProbed(t, ['producer'], environmentFor(NOBODY))
    await probed.until('readyz', 200)
    probed.process.kill('SIGSTOP')
    const { code, stderr } = await probed.health('--check', 'livez', '--wait', '500ms')
    expect(code).toBe(69)
    expect(stderr).toContain(`http://127.0.0.1:${probed.port}/livez: no answer within 0.5 s\n`)
    probed.process.kill('SIGCONT')
    await probed.until('livez', 200)
  })

  test('everything in one process is one answer', async t => {
    const dashboard = String(await freePort())
    const up = await startProbed(t, ['up', '--interval', '1'], {
      ...{ SCHEDULER_DASHBOARD_PORT: dashboard, SCHEDULER_HEALTH_HOST: '0.0.0.0' },
    })
    await up.until('readyz', 200, 'ok\n')
    await t.expect
      .poll(async () => (await up.health()).stdout, { timeout: 60_000 })
      .toMatch(/succeed/)
    const { stdout, code } = await up.health()
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ok {2}dashboard, producer, worker \S+, version /)
    expect(stdout).toContain('default/update-engine')
  })

  test('the simulated engine has one, too', async t => {
    const simulate = await startProbed(t, ['simulate', '--port', '0'], {})
    await simulate.until('readyz', 200, 'ok\n')
    expect((await simulate.health()).code).toBe(0)
  })

  test('a port that is taken ends a process before it does anything', async t => {
    const other = createServer().listen(0, '127.0.0.1')
    t.onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const place = await workplace(t)
    for (const part of ['producer', 'worker', 'dashboard', 'up', 'simulate']) {
      const own = part === 'simulate' ? ['--port', '0'] : []
      const env = { SCHEDULER_ENGINEAPI_USERNAME: 'u', SCHEDULER_ENGINEAPI_PASSWORD: 'p' }
      const args = [part, ...own, '--health-port', String(port)]
      const { code, stderr } = await place.run(args, env)
      expect([part, code]).toEqual([part, 75])
      expect(stderr).toContain(
        `health: cannot listen on 127.0.0.1:${port}, the port is taken by another program\n` +
          '  end that, or choose another port with --health-port\n',
      )
    }
  })
})

describe.concurrent('the command', { timeout: 60_000 }, () => {
  test('says which setting is missing', async t => {
    const { code, stdout, stderr } = await (await workplace(t)).run(['health'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('no health checks: SCHEDULER_HEALTH_PORT is not set\n')
  })

  test('says that nobody answers', async t => {
    const port = await freePort()
    const place = await workplace(t)
    const { code, stderr } = await place.run(['health', '--health-port', String(port)])
    expect(code).toBe(69)
    expect(stderr).toContain(`nobody answers at http://127.0.0.1:${port}/healthz: ECONNREFUSED\n`)
  })

  test('shows what another program answers so that it does no harm', async t => {
    const other = createServer(socket => {
      socket.once('data', () => socket.end('HTTP/1.1 404 No\r\n\r\nno \u001b[2J such page\n'))
    }).listen(0, '127.0.0.1')
    t.onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const place = await workplace(t)
    const { code, stdout } = await place.run(['health', '--health-port', String(port)])
    expect([code, stdout]).toEqual([1, 'no \\u001b[2J such page\n'])
  })

  test('is not well because another program answers 200 to all', async t => {
    for (const body of ['<html>fine</html>', '{"status":"ok"}']) {
      const other = createServer(socket => {
        socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n\r\n${body}`))
      }).listen(0, '127.0.0.1')
      t.onTestFinished(() => void other.close())
      await once(other, 'listening')
      const { port } = other.address() as AddressInfo
      const place = await workplace(t)
      for (const check of ['livez', 'readyz', 'healthz']) {
        const asked = ['health', '--health-port', String(port), '--check', check]
        const { code, stderr } = await place.run(asked)
        expect([check, code, stderr]).toEqual([check, 69, expect.stringMatching(STRANGER)])
      }
    }
  })
})
