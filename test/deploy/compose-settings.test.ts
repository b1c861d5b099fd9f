import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolveConfig } from '../../src/config.ts'
import { isPublic } from '../../src/public-credentials.ts'
import { composeFile, fileOf, type Service } from '../fixtures/compose.ts'
import { ROOT } from '../fixtures/dockerfile.ts'

const parts = Object.keys(composeFile().services).filter(name => name !== 'redis')

/** What a part makes of its environment, where these variables are in .env. */
function configured(name: string, variables: Record<string, string> = {}) {
  const read = composeFile(variables)
  const { environment = {}, command } = read.services[name] as Service
  const env = Object.fromEntries(
    Object.entries(environment).map(([variable, value]) => [
      variable,
      (value ?? '').replace(/^\/run\/secrets\/(.*)$/, (_, secret) => fileOf(read, secret)),
    ]),
  )
  const credentials = command[0] === 'worker'
  return resolveConfig({ flags: {}, env, dotenv: {} }, { credentials })
}

const OWN = { SCHEDULER_ENGINEAPI_USERNAME: 'me', SCHEDULER_ENGINEAPI_PASSWORD: 's3cret' }
const HOST = { SCHEDULER_ENGINEAPI_HOST: 'trading.example' }

test.each(parts)('the environment of %s is a configuration without mistakes', name => {
  expect(configured(name).warnings).toEqual([])
  expect(configured(name, { ...OWN, ...HOST }).warnings).toEqual([])
})

test('the Redis of Compose does not take the place of another one without a word', () => {
  for (const name of ['producer', 'worker', 'dashboard']) {
    const sentinels = { REDIS_SENTINELS: 'a.example:26379', REDIS_SENTINEL_NAME: 'main' }
    const { config } = configured(name, { ...OWN, ...HOST, ...sentinels })
    expect(config.redis.sentinel).toMatchObject({ name: 'main' })
    expect(() => configured(name, { ...OWN, ...HOST, REDIS_URL_FILE: '/x/url' })).toThrow(
      'REDIS_URL and REDIS_URL_FILE: expected only one of the two',
    )
  }
})

test('the public credentials go to the simulated engine alone', () => {
  const simulated = { url: 'http://engine:5000', username: 'simulated', password: 'moves-no-money' }
  expect(configured('worker').config.engines[0]).toMatchObject(simulated)
  expect(configured('engine').config.engines[0]).toMatchObject(simulated)
  const refused = (variables: Record<string, string>) => () => configured('worker', variables)
  expect(refused(HOST)).toThrow(
    /USERNAME_FILE: expected the username of the engine at trading\.example, got the public one of deploy\/simulate, .*\n.*PASSWORD_FILE: expected the password/,
  )
  const { SCHEDULER_ENGINEAPI_USERNAME, SCHEDULER_ENGINEAPI_PASSWORD } = OWN
  expect(refused({ ...HOST, SCHEDULER_ENGINEAPI_USERNAME })).toThrow(/PASSWORD_FILE: expected/)
  expect(refused({ ...HOST, SCHEDULER_ENGINEAPI_PASSWORD })).toThrow(/USERNAME_FILE: expected/)
  expect(refused({ ...HOST, SCHEDULER_ENGINEAPI_PORT: '1' })).not.toThrow(/moves-no-money/)
})

test('credentials count as variables as well, in the worker and the simulated engine alike', () => {
  for (const name of ['worker', 'engine']) {
    const { config } = configured(name, OWN)
    expect(config.engines[0]).toMatchObject({ username: 'me', password: 's3cret' })
  }
  const { config } = configured('dashboard', { SCHEDULER_DASHBOARD_PASSWORD: 's3cret-s3cret' })
  expect(config.dashboard.access).toEqual({ user: 'admin', password: 's3cret-s3cret' })
})

test('of a file of your own and a variable only one may be given', () => {
  const files = { SCHEDULER_ENGINEAPI_PASSWORD_FILE: 'package.json' }
  expect(() => configured('worker', { ...OWN, ...files })).toThrow(/expected only one of the two/)
})

test('nobody acts on the dashboard with the public password', () => {
  const write = { SCHEDULER_DASHBOARD_WRITE: 'yes' }
  expect(() => configured('dashboard', write)).toThrow(
    'expected your own beside SCHEDULER_DASHBOARD_WRITE, got the public one of deploy/simulate',
  )
  const own = { ...write, SCHEDULER_DASHBOARD_PASSWORD: 's3cret-s3cret' }
  expect(configured('dashboard', own).config.dashboard.write).toBe(true)
})

test.each(['producer', 'worker', 'dashboard'])('a loopback address does not count in %s', name => {
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    const { config, warnings } = configured(name, { REDIS_URL: `redis://:s3cret@${host}:6379/2` })
    expect(config.redis.url).toBe('redis://redis:6379')
    expect(warnings).toEqual([
      `REDIS_URL: redis://${host}:6379/2 is this container itself; redis://redis:6379 counts instead`,
    ])
  }
  const { config } = configured(name, { REDIS_URL: 'redis://redis.example:6379' })
  expect(config.redis.url).toBe('redis://redis.example:6379')
})

test('an engine on the loopback is refused, where it would be looked for in the container', () => {
  for (const host of ['localhost', '127.0.0.1', '::1']) {
    const variables = { ...OWN, SCHEDULER_ENGINEAPI_HOST: host }
    for (const name of ['producer', 'worker']) {
      expect(() => configured(name, variables)).toThrow(/the machine is host\.docker\.internal/)
    }
  }
})

test('what is public to the program is what deploy/simulate holds', () => {
  const names = ['engine-username', 'engine-password', 'dashboard-password']
  const settings = ['username', 'password', 'dashboard-password'] as const
  for (const [index, name] of names.entries()) {
    const text = readFileSync(join(ROOT, 'deploy/simulate', name), 'utf8').trimEnd()
    expect(isPublic(settings[index] ?? 'username', text), name).toBe(true)
  }
})
