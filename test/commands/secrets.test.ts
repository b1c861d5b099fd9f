import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { type Workplace, workplace } from '../fixtures/cli.ts'
import { startEngine, type TestEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'

/** Part of every password: whatever it may be encoded in, this stays as it is. */
const CORE = 'Tr0ub4dor'
/** What shells, `.env` files, URLs and logs trip over. */
const ODD = ' a"b $HOME $(x) Tr0ub4dor #c %41% \\n\\ é😀 `d` --e=f; '

/** Credentials given in one way, to an engine that accepts no others. */
interface Way {
  password: string
  give(
    place: Workplace,
    password: string,
  ): Promise<{ args?: string[]; env?: Record<string, string> }>
}

const WAYS: Record<string, Way> = {
  'the environment': {
    password: `${ODD}'`,
    give: async (_, password) => ({ env: { SCHEDULER_ENGINEAPI_PASSWORD: password } }),
  },
  'a file': {
    password: `${ODD}'`,
    async give({ dir }, password) {
      await writeFile(join(dir, 'secret'), `${password}\n`)
      return { env: { SCHEDULER_ENGINEAPI_PASSWORD_FILE: 'secret' } }
    },
  },
  '.env, in single quotes': {
    password: ODD,
    async give({ dir }, password) {
      await writeFile(join(dir, '.env'), `SCHEDULER_ENGINEAPI_PASSWORD='${password}'\n`)
      return {}
    },
  },
  '.env, in double quotes': {
    password: "it's $HOME Tr0ub4dor #c %41 é",
    async give({ dir }, password) {
      await writeFile(join(dir, '.env'), `SCHEDULER_ENGINEAPI_PASSWORD="${password}"\n`)
      return {}
    },
  },
  'a flag': {
    password: `--${ODD}'`,
    give: async (_, password) => ({ args: [`--password=${password}`] }),
  },
}

/** Everything that Redis holds under a prefix. */
async function contents({ REDIS_URL = '', SCHEDULER_PREFIX = '' }): Promise<string> {
  const redis = new Redis(REDIS_URL)
  await redis.config('SET', 'rdbcompression', 'no')
  const keys = await redis.keys(`${SCHEDULER_PREFIX.replace(/[[\]]/g, '\\$&')}*`)
  const dumps = await Promise.all(keys.map(key => redis.dumpBuffer(key)))
  redis.disconnect()
  return dumps.map(dump => dump?.toString('latin1') ?? '').join('\n')
}

/** The tokens that the engine has seen so far. */
function tokensAt({ arrivals }: TestEngine): string[] {
  return arrivals.flatMap(({ headers }) => headers.authorization?.split(' ')[1] ?? [])
}

describe.concurrent('a password of any characters', () => {
  test.for(Object.entries(WAYS))(
    'goes by %s to the engine, and nowhere else',
    async ([, way], t) => {
      const { password, give } = way
      const engine = await startEngine({ password })
      t.onTestFinished(() => engine.close())
      const place = await workplace(t)
      const { SCHEDULER_ENGINEAPI_PASSWORD: _, ...rest } = environmentFor(engine)
      const given = await give(place, password)
      const [args, env] = [given.args ?? [], { ...rest, ...given.env }]
      const up = place.start(['up', '--log-level', 'debug', ...args], env)
      await up.event('run', run => run.verdict === 'succeeded')
      const checked = await place.run(['check', '--json', ...args], env)
      const kept = await contents(env)
      expect((await up.end()).code).toBe(0)

      expect(kept).toContain('succeeded')
      expect(checked.code).toBe(0)
      const tokens = tokensAt(engine)
      expect(tokens.length).toBeGreaterThan(0)
      const shown = [up.stdout(), up.stderr(), checked.stdout, checked.stderr, kept]
      for (const secret of [CORE, ...tokens]) {
        for (const text of shown) expect(text).not.toContain(secret)
      }
      const warnings = up.lines().filter(line => line.event === 'warning')
      const warned = warnings.some(line => line.message.includes('--password: everybody'))
      expect(warned).toBe(given.args !== undefined)
    },
  )
})
