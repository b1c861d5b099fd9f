import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const LOGIN = { SCHEDULER_ENGINEAPI_USERNAME: 'me', SCHEDULER_ENGINEAPI_PASSWORD: 's3cret' }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function started(args: string[], env: Record<string, string> = {}) {
  return spawn(process.execPath, ['--import', TSX, CLI, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function ended(args: string[], env: Record<string, string> = {}) {
  const child = started(args, env)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}

async function settings(args: string[], env: Record<string, string> = LOGIN) {
  const { stdout, stderr } = await ended(['check', '--json', ...args], env)
  expect(stderr).toBe('')
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  return (name: string) => lines.find(({ setting }) => setting === name)
}

describe('what was typed', () => {
  it('is nothing: the help is shown', async () => {
    const { code, stdout } = await ended([])
    expect(code).toBe(0)
    expect(stdout).toMatch(/hft-scheduler trigger <schedule>/)
  })

  it('asks for help: settings come with their variables and defaults', async () => {
    const { stdout } = await ended(['worker', '--help'])
    expect(stdout).toMatch(
      /-u, --username +user name for the engine \(SCHEDULER_ENGINEAPI_USERNAME\)/,
    )
    expect(stdout).toMatch(/--interval .*\(SCHEDULER_INTERVAL\).*\[default: 10s\]/)
  })

  it.each([
    [['wroker'], 'Unknown: wroker (did you mean worker?)'],
    [['worker', '--intervall', '3'], 'Unknown: --intervall (did you mean --interval?)'],
    [['runs', '--since', 'later'], '--since: expected so long ago (15m)'],
    [['pause', 'default'], 'Missing: --reason'],
    [['pause'], 'Missing: <target>'],
    [['check', '--password'], '--password: expected a value, got nothing'],
    [['check', '--settings=none.env'], 'none.env'],
  ])('is wrong: %j', async (args, message) => {
    const { code, stdout, stderr } = await ended(args)
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(stdout).toBe('')
    expect(code).not.toBe(0)
  })
})

describe('the configuration', () => {
  it('shows all its mistakes and ends with code 2', async () => {
    const { code, stdout, stderr } = await ended(['check', '--api-port', '0'], {
      SCHEDULER_TIMEOUT: 'x',
    })
    expect(code).toBe(2)
    expect(stdout).toMatch(/^api-port +"0" \(wrong\) +flag --api-port$/m)
    expect(stderr.trimEnd().split('\n')).toEqual([
      'hft-scheduler: The configuration has mistakes:',
      expect.stringMatching(/^ {2}SCHEDULER_ENGINEAPI_USERNAME: /),
      expect.stringMatching(/^ {2}SCHEDULER_ENGINEAPI_PASSWORD: /),
      '  --api-port: expected a whole number from 1 to 65535, got "0"',
      expect.stringMatching(/^ {2}SCHEDULER_TIMEOUT: .* got "x"$/),
    ])
  })

  it('says in every command which variable may have been mistyped', async () => {
    const { code, stderr } = await ended(['worker'], { SCHEDULER_ENGINEAPI_USER: 'me' })
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^warning: SCHEDULER_ENGINEAPI_USER: .* SCHEDULER_ENGINEAPI_USERNAME\?$/m,
    )
  })

  it('takes texts from flags as they stand', async () => {
    const username = ` 007 "a" 'b' $c #d é=`
    const setting = await settings([`--username=${username}`, '--dry-run=TRUE'])
    expect(setting('username').value).toBe(username)
    expect(setting('dry-run').value).toBe(true)
  })

  it('reads .env of the current folder, or the file that is named', async () => {
    writeFileSync(join(folder, '.env'), 'SCHEDULER_INTERVAL=3\n')
    writeFileSync(join(folder, 'other.env'), "SCHEDULER_INTERVAL='4'\n")
    expect((await settings([]))('interval')).toMatchObject({
      value: 3000,
      source: '.env SCHEDULER_INTERVAL',
    })
    expect((await settings(['--settings', 'other.env']))('interval')).toMatchObject({
      value: 4000,
      source: 'other.env SCHEDULER_INTERVAL',
    })
  })

  it('warns of a value in .env that a # cuts short', async () => {
    writeFileSync(join(folder, '.env'), 'SCHEDULER_ENGINEAPI_PASSWORD=pass#word\n')
    const { stdout } = await ended(['check'], LOGIN)
    expect(stdout).toContain('warning: SCHEDULER_ENGINEAPI_PASSWORD (.env): the value ends before')
  })

  it('says which lines of .env give a setting no value, with all other mistakes', async () => {
    const lines = [
      '# SCHEDULER_LEAD',
      'SCHEDULER_INTERVAL 60',
      'export SCHEDULER_TIMEOUT:5',
      'PATH',
    ]
    const more = ['SCHEDULER_LEAD: 100ms', 'SCHEDULER_JOBS = get-stats', 'SCHEDULER_ATTEMPTS=0']
    writeFileSync(join(folder, '.env'), `${[...lines, ...more].join('\r\n')}\r\n`)
    const { code, stderr } = await ended(['check'], LOGIN)
    expect(code).toBe(2)
    expect(stderr.split('\n').slice(1, -1)).toEqual([
      '  SCHEDULER_INTERVAL (.env, line 2): expected SCHEDULER_INTERVAL=<value>',
      '  SCHEDULER_TIMEOUT (.env, line 3): expected SCHEDULER_TIMEOUT=<value>',
      expect.stringContaining('SCHEDULER_ATTEMPTS (.env): expected'),
    ])
  })

  it('finds the Redis of an up that runs in this folder', async () => {
    mkdirSync(join(folder, '.hft-scheduler'))
    const state = join(folder, '.hft-scheduler', 'up.json')
    writeFileSync(state, JSON.stringify({ pid: process.pid, port: 7001 }))
    expect((await settings([]))('redis-url')).toEqual({
      setting: 'redis-url',
      value: 'redis://127.0.0.1:7001',
      source: 'up in this folder',
    })
    const elsewhere = await settings([], { ...LOGIN, REDIS_URL: 'redis://r' })
    expect(elsewhere('redis-url').value).toBe('redis://r')

    const gone = started(['--version'])
    await once(gone, 'close')
    writeFileSync(state, JSON.stringify({ pid: gone.pid, port: 7001 }))
    expect((await settings([]))('redis-url').source).toBe('default')
  })
})

it('has no colours when piped, not even where CI is set', async () => {
  const { stdout } = await ended(['check'], { ...LOGIN, CI: 'true' })
  expect(stdout).toMatch(/^setting /)
  expect(stdout).not.toContain('\u001b')
})

describe('the end', () => {
  it('is quiet when nobody reads the output, as SIGPIPE is', async () => {
    const child = started(['check'], LOGIN)
    child.stdout.destroy()
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect([stderr, code]).toEqual(['', 141])
  })

  it('comes in order at the first signal', async () => {
    const child = started(['simulate', '--port', '0'])
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
  })
})
