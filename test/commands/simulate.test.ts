import { once } from 'node:events'
import { createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { expect, test, vi } from 'vitest'
import type { CommandContext } from '../../src/command.ts'
import { simulate } from '../../src/commands/simulate.ts'

function run(argv: Record<string, unknown>) {
  const stop = new AbortController()
  const stdout = new PassThrough()
  let printed = ''
  stdout.on('data', text => {
    printed += text
  })
  const context = { argv, stdout, signal: stop.signal } as unknown as CommandContext
  const code = simulate(context)
  return { code, stop: () => stop.abort(), printed: () => printed }
}

test('prints its address and credentials, then a line per call, until it is told to stop', async () => {
  const engine = run({ host: '127.0.0.1', port: 0 })
  const url = await vi.waitUntil(() => /http:\S+\d/.exec(engine.printed())?.[0])
  const password = /-p '([^']+)'/.exec(engine.printed())?.[1]
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    body: JSON.stringify({ username: 'admin', password }),
  })
  expect(answer.status).toBe(200)
  await fetch(`${url}/stats`)
  await vi.waitUntil(() => engine.printed().includes('GET /stats'))
  expect(engine.printed()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}POST \/login +200 +\d+ ms$/m)
  expect(engine.printed()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}GET \/stats +401 +\d+ ms$/m)
  engine.stop()
  expect(await engine.code).toBe(0)
  await expect(fetch(`${url}/stats`)).rejects.toThrow()
})

test('does not print a password that was given', async () => {
  const engine = run({ host: '127.0.0.1', port: 0, username: 'me', password: 's3cret' })
  await vi.waitUntil(() => engine.printed().includes('-u me'))
  engine.stop()
  await engine.code
  expect(engine.printed()).not.toContain('s3cret')
})

test('says that the port is taken, and what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await expect(run({ host: '127.0.0.1', port }).code).rejects.toMatchObject({
    message: `port ${port} is taken by another program`,
    hint: 'choose another one with --port, or 0 for any free one',
    exitCode: 1,
  })
  other.close()
})
