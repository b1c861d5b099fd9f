import { execFile, execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'dotenv'
import { describe, expect, it } from 'vitest'
import { resolveConfig, type Sources } from '../src/config.ts'
import { workplace } from './fixtures/cli.ts'
import { file, problems, resolve, setting } from './fixtures/settings.ts'

describe('sources', () => {
  it('prefers flags to the environment, that to .env, that to the defaults of the caller', () => {
    const defaults = { 'api-host': 'fourth' }
    const dotenv = { SCHEDULER_ENGINEAPI_HOST: 'third' }
    const env = { SCHEDULER_ENGINEAPI_HOST: 'second' }
    const flags = { 'api-host': 'first' }
    const origins = { 'api-host': 'up' } as const
    const shown = (sources: Partial<Sources>) => {
      const { value, source, set } = setting(sources, 'api-host') ?? {}
      return [value, source, set]
    }
    expect([
      shown({ flags, env, dotenv, defaults }),
      shown({ env, dotenv, defaults }),
      shown({ dotenv, defaults }),
      shown({ defaults, origins }),
      shown({}),
    ]).toEqual([
      ['first', 'flag --api-host', true],
      ['second', 'environment SCHEDULER_ENGINEAPI_HOST', true],
      ['third', '.env SCHEDULER_ENGINEAPI_HOST', true],
      ['fourth', 'up', false],
      ['localhost', 'default', false],
    ])
  })

  it('takes an empty variable for one that is not set', () => {
    const env = { SCHEDULER_INTERVAL: '' }
    expect(setting({ env, dotenv: { SCHEDULER_INTERVAL: '3' } }, 'interval')?.value).toBe(3000)
    expect(setting({ env }, 'interval')?.source).toBe('default')
  })

  it('refuses an empty flag', () => {
    expect(problems({ flags: { username: '' } })).toEqual([
      '--username: expected a text, got nothing',
    ])
  })

  it.each([
    'with space',
    `'single'`,
    '"double"',
    '$HOME $(x) `x`',
    '#hash',
    ' edges ',
    '密码€🔑',
    '\\n%00',
  ])('keeps the password %j as it stands', password => {
    const quote = password.includes("'") ? '"' : "'"
    const line = `SCHEDULER_ENGINEAPI_PASSWORD=${quote}${password}${quote}`
    const path = file('password', `${password}\n`)
    const kept = (sources: Sources) =>
      resolveConfig(sources, { credentials: false }).config.engines[0]?.password
    const none = { flags: {}, env: {}, dotenv: {} }
    expect(kept({ ...none, flags: { password } })).toBe(password)
    expect(kept({ ...none, env: { SCHEDULER_ENGINEAPI_PASSWORD: password } })).toBe(password)
    expect(kept({ ...none, dotenv: parse(line) })).toBe(password)
    expect(kept({ ...none, flags: { 'password-file': path } })).toBe(password)
  })

  it('reads secrets from files', () => {
    const env = {
      SCHEDULER_ENGINEAPI_USERNAME_FILE: file('user', 'them\r\n'),
      SCHEDULER_ENGINEAPI_PASSWORD_FILE: file('password', 'from file'),
      REDIS_URL_FILE: file('redis', 'redis://:pw@r\n'),
    }
    const { config, settings } = resolveConfig(
      { flags: {}, env, dotenv: {} },
      { credentials: true },
    )
    expect(config.engines[0]).toMatchObject({ username: 'them', password: 'from file' })
    expect(config.redis.url).toBe('redis://:pw@r')
    expect(settings.find(({ name }) => name === 'password')).toMatchObject({
      display: '********',
      source: `file ${env.SCHEDULER_ENGINEAPI_PASSWORD_FILE} (environment SCHEDULER_ENGINEAPI_PASSWORD_FILE)`,
    })
  })

  it('lets a password prevail over a password file from a weaker source only', () => {
    const path = file('password', 'from file')
    const env = { SCHEDULER_ENGINEAPI_PASSWORD: 'x', SCHEDULER_ENGINEAPI_PASSWORD_FILE: path }
    expect(problems({ env })).toEqual([
      'SCHEDULER_ENGINEAPI_PASSWORD and SCHEDULER_ENGINEAPI_PASSWORD_FILE: expected only one of the two',
    ])
    expect(resolve({ flags: { 'password-file': path } }).config.engines[0]?.password).toBe(
      'from file',
    )
  })

  it('says which file cannot be read, or is empty', () => {
    const empty = file('empty', '\n')
    expect(
      problems({ flags: { 'password-file': '/does/not/exist' }, env: { REDIS_URL_FILE: empty } }),
    ).toEqual([
      '--password-file: cannot read the file "/does/not/exist" (ENOENT)',
      `REDIS_URL_FILE: the file ${JSON.stringify(empty)} is empty`,
    ])
  })
})

/** What is said of a password in a file with this content, or in the environment. */
const ofFile = (content: string | Buffer) => {
  const path = file('password', content)
  const said = problems({ env: { SCHEDULER_ENGINEAPI_PASSWORD_FILE: path } })
  return said.map(line => line.replace(JSON.stringify(path), 'F'))
}
const ofEnvironment = (value: string) => problems({ env: { SCHEDULER_ENGINEAPI_PASSWORD: value } })

describe('a secret that came to harm on its way', () => {
  const FILE = 'SCHEDULER_ENGINEAPI_PASSWORD_FILE'
  it.each<[string, string | Buffer, string]>([
    ['a NUL', 's3cret\0', 'the file F holds a NUL character (line 1): is it a text?'],
    ['Latin-1', Buffer.from('s3cré', 'latin1'), 'the file F is not UTF-8 (line 1)'],
    ['UTF-16', Buffer.from('\uFEFFs3cret', 'utf16le'), 'the file F is UTF-16: save it as UTF-8'],
    ['white space', ' \t \n', 'expected a text that is more than white space, got ********'],
    ['two line ends', 's3cret\n\n', 'the file F holds 2 lines, expected one'],
    ['two lines', 's3cret\r\ns3cond\r\n', 'the file F holds 2 lines, expected one'],
    [
      'what pasting left',
      '\x1b[200~s3cret',
      'expected a text without control characters, got ********',
    ],
    ['5 MB', Buffer.alloc(5e6, 'x'), 'the file F is larger than 65,536 bytes'],
    ['nothing', '', 'the file F is empty'],
  ])('is a mistake in a file: %s', (_, content, said) => {
    expect(ofFile(content)).toEqual([`${FILE}: ${said}`])
  })

  it.each([
    ['a return that a file with other line ends left', 's3cret\r', 'line breaks'],
    ['two lines', 's3cret\ns3cond', 'line breaks'],
    ['what pasting left', '\x1b[200~s3cret', 'control characters'],
    ['bytes that are no UTF-8', 's3cr\uFFFD', 'broken characters (it is no UTF-8)'],
  ])('is a mistake in the environment: %s', (_, value, odd) => {
    const said = `SCHEDULER_ENGINEAPI_PASSWORD: expected a text without ${odd}, got ********`
    expect(ofEnvironment(value)).toEqual([said])
  })

  it('is read without the mark of UTF-8 that an editor put before it', () => {
    const env = { SCHEDULER_ENGINEAPI_PASSWORD_FILE: file('password', '\uFEFFs3cret\r\n') }
    const { config } = resolveConfig({ flags: {}, env, dotenv: {} }, { credentials: false })
    expect(config.engines[0]?.password).toBe('s3cret')
  })

  it('is not waited for: a folder, a pipe without anybody at its other end, a device', () => {
    const folder = dirname(file('x', ''))
    const pipe = join(folder, 'pipe')
    execFileSync('/bin/sh', ['-c', 'mkfifo "$1"', 'sh', pipe])
    const env = {
      SCHEDULER_ENGINEAPI_USERNAME_FILE: folder,
      SCHEDULER_ENGINEAPI_PASSWORD_FILE: pipe,
      SCHEDULER_DASHBOARD_PASSWORD_FILE: '/dev/zero',
    }
    const [user, password, dashboard] = problems({ env })
    expect(user).toContain(`${JSON.stringify(folder)} is a folder`)
    expect(password).toContain(`${JSON.stringify(pipe)} is a pipe that gives no text within 5 s`)
    expect(dashboard).toContain('"/dev/zero" is larger than 65,536 bytes')
  })

  it('can come from a pipe, as the shell makes one of <(…)', async t => {
    const place = await workplace(t)
    const cli = join(import.meta.dirname, '../dist/cli.js')
    const typed = (more: string) => {
      const script = `"${process.execPath}" "${cli}" ${more} --password-file <(sleep 1; echo s3cret)`
      return promisify(execFile)('bash', ['-c', script], { cwd: place.dir })
    }
    const { stdout } = await typed('check --json --username me')
    expect(stdout).toContain('"setting":"password","value":"********","source":"file /dev/fd/')
    // It reads its settings more than once before it comes to this mistake.
    const more = '--redis-url redis://127.0.0.1:1 --health-host 192.0.2.1 --health-port 3999'
    await expect(typed(`up --username me ${more}`)).rejects.toMatchObject({
      stderr: expect.stringContaining('health: cannot listen'),
    })
  })
})
