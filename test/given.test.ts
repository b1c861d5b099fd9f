import { parse } from 'dotenv'
import { describe, expect, it } from 'vitest'
import { resolveConfig, type Sources } from '../src/config.ts'
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
