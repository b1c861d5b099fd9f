import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, inject, type TestContext, test } from 'vitest'
import { workplace } from '../fixtures/cli.ts'
import { basic } from '../fixtures/dashboard.ts'
import { freePort, freshPrefix } from '../fixtures/redis.ts'

function environment(): Record<string, string> {
  return { REDIS_URL: inject('redisUrl'), SCHEDULER_PREFIX: freshPrefix() }
}

async function takenPort({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<string> {
  const port = await freePort()
  const server = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return String(port)
}

describe.concurrent('dashboard', { timeout: 180_000 }, () => {
  test('shows itself where it says, and ends with a signal though a page is open', async t => {
    const { expect } = t
    const place = await workplace(t)
    const port = String(await freePort())
    const running = place.start(['dashboard', '--dashboard-port', port], environment())
    const { detail } = await running.event('started')
    expect(detail).toBe(`http://127.0.0.1:${port}/`)
    expect(await (await fetch(`${detail}`)).text()).toContain('<title>Overview')
    // Somebody who goes away is nothing to tell of, and leaves no line that is none.
    const away = new AbortController()
    await fetch(`${detail}api/live`, { signal: away.signal })
    away.abort()
    const live = await fetch(`${detail}api/live`)
    const { code } = await running.end('SIGTERM')
    expect([code, running.stderr()]).toEqual([0, ''])
    expect(running.lines().at(-1)).toMatchObject({ event: 'stopped', part: 'dashboard' })
    await live.text().catch(() => '')
  })

  test('needs no engine', async t => {
    const { expect } = t
    const place = await workplace(t)
    const port = String(await freePort())
    const running = place.start(['dashboard', '--dashboard-port', port], {
      REDIS_URL: 'redis://127.0.0.1:1',
    })
    const { detail } = await running.event('started')
    await running.event('redis-lost')
    expect((await fetch(`${detail}`)).status).toBe(200)
    expect((await running.end()).code).toBe(0)
  })

  test('says that its port is taken, without a stack', async t => {
    const { expect } = t
    const place = await workplace(t)
    const port = await takenPort(t)
    const { code, stderr } = await place.run(['dashboard', '--dashboard-port', port], environment())
    expect(code).toBe(75)
    expect(stderr).toBe(
      `hft-scheduler: dashboard: cannot listen on 127.0.0.1:${port}, the port is taken by another program\n` +
        '  end that, or choose another port with --dashboard-port\n',
    )
  })

  test('says that an address is not of this machine', async t => {
    const { expect } = t
    const place = await workplace(t)
    const { code, stderr } = await place.run(['dashboard', '--dashboard-host', '192.0.2.1'], {
      ...environment(),
      SCHEDULER_DASHBOARD_USER: 'op',
      SCHEDULER_DASHBOARD_PASSWORD: 'hidden',
    })
    expect(code).toBe(2)
    expect(stderr).toContain('there is no such address on this machine\n')
    expect(stderr).not.toMatch(/^ +at |hidden/m)
  })

  test('does not show itself to other machines without a password, and check says so too', async t => {
    const { expect } = t
    const place = await workplace(t)
    for (const command of ['dashboard', 'check']) {
      const { code, stderr } = await place.run([command, '--dashboard-host', '0.0.0.0'])
      expect(code).toBe(2)
      expect(stderr).toContain(
        '  --dashboard-host: beyond this machine, expected SCHEDULER_DASHBOARD_USER and SCHEDULER_DASHBOARD_PASSWORD (or _PASSWORD_FILE), got none\n',
      )
    }
  })

  test('asks other machines for the password in a file, and shows it nowhere', async t => {
    const { expect } = t
    const place = await workplace(t)
    await writeFile(join(place.dir, 'secret'), 'Tr0ub4dor é\n')
    const port = await freePort()
    const args = ['--dashboard-host', '0.0.0.0', '--dashboard-port', String(port)]
    const env = {
      ...environment(),
      SCHEDULER_DASHBOARD_USER: 'op',
      SCHEDULER_DASHBOARD_PASSWORD_FILE: 'secret',
      SCHEDULER_ENGINEAPI_USERNAME: 'me',
      SCHEDULER_ENGINEAPI_PASSWORD: 'x',
    }
    const running = place.start(['dashboard', '--log-level', 'debug', ...args], env)
    await running.event('started')
    const ask = (password: string) =>
      fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: basic('op', password) } })
    expect((await ask('Tr0ub4dor é')).status).toBe(200)
    for (let at = 0; at < 6; at++) await ask('other')
    await running.event('dashboard-refused', line => line.until !== null)
    const checked = await place.run(['check', ...args], env)
    expect(checked.stdout).toMatch(/dashboard-password +\S* *\*{8}.* file secret/)
    await running.end()
    for (const text of [running.stdout(), running.stderr(), checked.stdout, checked.stderr]) {
      expect(text).not.toContain('Tr0ub4dor')
    }
    const refused = running.lines().filter(({ event }) => event === 'dashboard-refused')
    expect(refused.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'dashboard: login from 127.0.0.1 refused'],
      ['warn', expect.stringMatching(/^dashboard: too many failed logins from 127\.0\.0\.1, none/)],
    ])
  })
})

describe('up', () => {
  test('shows a dashboard at a free port; people act there only where it was told to', async t => {
    const { expect } = t
    const urls: string[] = []
    for (const args of [[], ['--dashboard-write']]) {
      const up = (await workplace(t)).start(['up', '--log-format', 'text', ...args])
      await up.until(() => /^[\d:.]+ worker started/m.test(up.stdout()))
      const url = /^ {2}dashboard +(http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(up.stdout())?.[1] ?? ''
      urls.push(url)
      expect(await (await fetch(url)).text()).toContain('<title>Overview')
      const overview = (await (await fetch(`${url}api/overview`)).json()) as { write: boolean }
      expect(overview.write).toBe(args.length > 0)
    }
    // The first one still runs.
    expect(new Set(urls).size).toBe(2)
  })

  test('starts nothing when the port that was chosen for the dashboard is taken', async t => {
    const { expect } = t
    const place = await workplace(t)
    const port = await takenPort(t)
    const { code, lines, stderr } = await place.run(['up'], { SCHEDULER_DASHBOARD_PORT: port })
    expect(code).toBe(75)
    expect(stderr).toMatch(/^hft-scheduler: dashboard: cannot listen on 127\.0\.0\.1:\d+, the port/)
    const started = lines().filter(({ event }) => event === 'started')
    expect(started.map(({ part }) => part)).toEqual(['redis'])
    expect(lines().filter(({ event }) => event === 'declared' || event === 'run')).toEqual([])
  })
})
