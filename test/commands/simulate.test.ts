import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { CommandContext } from '../../src/command.ts'
import { simulate } from '../../src/commands/simulate.ts'
import { resolveConfig } from '../../src/config.ts'
import { workplace } from '../fixtures/cli.ts'

/** Until it listens, or has printed a call: a guard against hanging alone. */
const LIMIT = { timeout: 15_000 }

function run(argv: Record<string, unknown>, env: Record<string, string> = {}) {
  const stop = new AbortController()
  const stdout = new PassThrough()
  let printed = ''
  stdout.on('data', text => {
    printed += text
  })
  const load: CommandContext['load'] = needs =>
    resolveConfig({ flags: argv, env, dotenv: {} }, needs)
  const onIgnored = () => {}
  const context = {
    argv,
    stdout,
    signal: stop.signal,
    load,
    env,
    onIgnored,
  } as unknown as CommandContext
  const code = simulate(context)
  return { code, stop: () => stop.abort(), printed: () => printed }
}

test('prints its address and credentials, then a line per call, until it is told to stop', async () => {
  const engine = run({ host: '127.0.0.1', port: 0 })
  const url = await vi.waitUntil(() => /http:\S+\d/.exec(engine.printed())?.[0], LIMIT)
  const password = /-p '([^']+)'/.exec(engine.printed())?.[1]
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  })
  expect(answer.status).toBe(200)
  await fetch(`${url}/stats`)
  await vi.waitUntil(() => engine.printed().includes('GET /stats'), LIMIT)
  expect(engine.printed()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}POST \/login +200 +\d+ ms$/m)
  expect(engine.printed()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}GET \/stats +401 +\d+ ms$/m)
  engine.stop()
  expect(await engine.code).toBe(0)
  await expect(fetch(`${url}/stats`)).rejects.toThrow()
})

test('speaks as it is told to, begins stopped, and fails at the step that is named', async () => {
  const place = await workplace({ onTestFinished })
  const how = ['--generation', 'second', '--start-stopped', '--fail', 'mint', '--keep-alive']
  const engine = place.start(['simulate', '--port', '0', '-u', 'me', '-p', 'right', ...how])
  const listening = () => /http:\S+\d/.exec(engine.stdout())?.[0]
  await engine.until(() => listening() !== undefined)
  const url = listening() ?? ''
  const login = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'me', password: 'right' }),
  })
  const { access_token } = (await login.json()) as { access_token: string }
  const get = async (path: string) => {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${access_token}` } })
    return [answer.status, await answer.json()]
  }
  const message = 'TradingEngine is not running'
  expect(await get('/stats')).toEqual([200, { status: 'error', message, engine: 'stopped' }])
  const reverted = { status: 'error', message: 'mint: execution reverted' }
  expect(await get('/start')).toEqual([500, reverted])
  expect((await engine.end('SIGINT')).code).toBe(0)
})

test('does not print a password that was given', async () => {
  const engine = run({ host: '127.0.0.1', port: 0, username: 'me', password: 's3cret' })
  await vi.waitUntil(() => engine.printed().includes('-u me'), LIMIT)
  engine.stop()
  await engine.code
  expect(engine.printed()).not.toContain('s3cret')
})

test('accepts the credentials that workers with its settings have, and does not print them', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'hft-simulate-')), 'password')
  onTestFinished(() => rm(dirname(file), { recursive: true }))
  await writeFile(file, 'from-a-file\n')
  const engine = run(
    { host: '127.0.0.1', port: 0 },
    { SCHEDULER_ENGINEAPI_USERNAME: 'me', SCHEDULER_ENGINEAPI_PASSWORD_FILE: file },
  )
  const url = await vi.waitUntil(() => /http:\S+\d/.exec(engine.printed())?.[0], LIMIT)
  const status = (password: string) =>
    fetch(`${url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'me', password }),
    }).then(answer => answer.status)
  expect([await status('from-a-file'), await status('another')]).toEqual([200, 401])
  engine.stop()
  await engine.code
  expect(engine.printed()).not.toContain('from-a-file')
})

test('says that the port is taken, and what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await expect(run({ host: '127.0.0.1', port }).code).rejects.toMatchObject({
    message: `port ${port} is taken by another program`,
    hint: 'choose another one with --port, or 0 for any free one',
    exitCode: 75,
  })
  other.close()
})
