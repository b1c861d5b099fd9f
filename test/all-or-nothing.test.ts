import { afterAll, beforeAll, expect, it } from 'vitest'
import { createEvents } from '../src/events.ts'
import { createRedis, type Redis } from '../src/redis.ts'
import { isDenial, redisSentence } from '../src/redis-errors.ts'
import { freshPrefix, startRedis, type TestRedis } from './fixtures/redis.ts'
import { SCRIPT_STEPS, type ScriptStep } from './fixtures/script-steps.ts'

/** What Redis may refuse of a step without anything that counts being amiss. */
const OPTIONAL = new Set(['PUBLISH', 'XADD'])

let server: TestRedis
let admin: Redis
let users = 0
beforeAll(async () => {
  server = await startRedis()
  admin = createRedis({ url: server.url, ca: null }, 'test', createEvents())
})
afterAll(async () => {
  admin.disconnect()
  await server.stop()
})

/** A connection of a user with these rights beside all keys and channels. */
async function user(...rights: string[]): Promise<Redis> {
  const name = `user${users++}`
  await admin.call('ACL', 'SETUSER', name, 'on', '>pw', '~*', '&*', '+@all', ...rights)
  const url = `redis://${name}:pw@127.0.0.1:${server.port}`
  return createRedis({ url, ca: null }, 'test', createEvents())
}

/** Redis before 7 cannot be asked for rights. */
function asBefore7(redis: Redis): Redis {
  const define = redis.defineCommand.bind(redis)
  const old = 'local redis = setmetatable({acl_check_cmd = false}, {__index = redis})\n'
  redis.defineCommand = (name, definition) =>
    define(name, { ...definition, lua: old + definition.lua })
  return redis
}

/** Everything under a prefix; but for times, which differ from one to the next. */
async function standing(prefix: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const key of (await admin.keys(`${prefix}:*`)).sort()) {
    const type = await admin.type(key)
    const content =
      type === 'hash'
        ? Object.entries(await admin.hgetall(key)).sort()
        : type === 'zset'
          ? await admin.zrange(key, '0', '-1')
          : type === 'stream'
            ? (await admin.xrange(key, '-', '+')).map(([, fields]) => fields)
            : await admin.get(key)
    const expires = (await admin.pttl(key)) >= 0 ? 'expires' : ''
    const text = JSON.stringify([type, content, expires]).replace(/\d{12,}/g, 'N')
    found.set(key.slice(prefix.length + 1), text)
  }
  return found
}

interface Taken {
  before: Map<string, string>
  after: Map<string, string>
  error: unknown
  lapses: string[]
}

async function taken(step: ScriptStep, redis: Redis, spoil?: string): Promise<Taken> {
  const prefix = freshPrefix()
  await step.prepare(admin, prefix)
  if (spoil !== undefined) await admin.set(`${prefix}:${spoil}`, 'something else')
  const before = await standing(prefix)
  const lapses: string[] = []
  const error = await step.take(redis, prefix, lapses).then(
    () => null,
    (error: unknown) => error,
  )
  const after = await standing(prefix)
  for (const all of step.claimed ? [before, after] : []) {
    for (const key of ['intents', 'declaration']) all.delete(key)
  }
  return { before, after, error, lapses }
}

/** The commands in the scripts that a connection has been given. */
function commandsOf(redis: Redis): string[] {
  const { scriptsSet } = redis as unknown as { scriptsSet: Record<string, { lua: string }> }
  const scripts = Object.entries(scriptsSet).filter(([name]) => name.startsWith('hft'))
  expect(scripts.length).toBeGreaterThan(0)
  const all = scripts.flatMap(([, { lua }]) => [...lua.matchAll(/redis\.call\('([A-Z]+)'/g)])
  return [...new Set(all.map(([, command]) => command as string))].sort()
}

function without(key: string, all: Map<string, string>): [string, string][] {
  return [...all].filter(([name]) => name !== key)
}

it.each(SCRIPT_STEPS)('$name: whole or not at all, whatever right is missing', async step => {
  const full = await user()
  const whole = await taken(step, full)
  expect(whole.error).toBeNull()
  expect(whole.after).not.toEqual(whole.before)
  const commands = commandsOf(full)
  full.disconnect()
  for (const command of commands) {
    for (const old of [false, true]) {
      const redis = await user(`-${command}`)
      const { before, after, error, lapses } = await taken(step, old ? asBefore7(redis) : redis)
      redis.disconnect()
      const what = `without ${command}${old ? ', before Redis 7' : ''}`
      if (error === null) {
        if (OPTIONAL.has(command) && after.size < whole.after.size)
          after.set('stats:default', whole.after.get('stats:default') ?? '')
        expect(after, what).toEqual(whole.after)
        expect(lapses, what).toHaveLength(
          step.name.startsWith('record') && OPTIONAL.has(command) ? 1 : 0,
        )
      } else {
        expect(after, what).toEqual(before)
        expect(isDenial(error), `${what}: ${error}`).toBe(true)
        expect(redisSentence(error), what).toMatch(
          /^[^\n]*; give this user of Redis the rights in [^\n]*$/,
        )
      }
    }
  }
})

it.each(SCRIPT_STEPS)('$name: whole or not at all, whatever key is something else', async step => {
  const whole = await taken(step, admin)
  for (const key of new Set([...whole.before.keys(), ...whole.after.keys()])) {
    const { before, after, error } = await taken(step, admin, key)
    const unspoilt = [without(key, before), without(key, after)]
    if (error === null)
      expect([without(key, whole.after), unspoilt[0]], key).toContainEqual(unspoilt[1])
    else expect(unspoilt[1], key).toEqual(unspoilt[0])
  }
})

it('says what is missing without the right to a channel, and records all the same', async () => {
  const redis = await user('resetchannels')
  const step = SCRIPT_STEPS.find(({ name }) => name === 'record') as ScriptStep
  const { error, lapses } = await taken(step, redis)
  redis.disconnect()
  expect(error).toBeNull()
  expect(lapses).toEqual([
    expect.stringMatching(
      /^no right to publish on channel \{test-.*\}:recorded: .*\+publish and &/,
    ),
  ])
})
