import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dashboardApp } from '../src/dashboard/app.ts'
import { Live } from '../src/dashboard/live/live.ts'
import { createEvents } from '../src/events.ts'
import { keysOf } from '../src/ledger/keys.ts'
import { createRedis } from '../src/redis.ts'
import { dashboardConfig } from './fixtures/dashboard.ts'
import { read, section, ticked } from './fixtures/documents.ts'

const ROOT = join(import.meta.dirname, '..')

describe('docs/api.md', () => {
  it('lists every route of the API, and no other', () => {
    const text = read('docs/api.md')
    const listed = [...text.matchAll(/`((?:GET|POST) \/api\/[^`]+)`/g)].map(([, route]) => route)
    expect([...new Set(listed)].sort()).toEqual(routes().sort())
  })

  it('has examples that are JSON', () => {
    const examples = [...read('docs/api.md').matchAll(/^```json\n([\s\S]*?)^```/gm)]
    expect(examples.length).toBeGreaterThan(5)
    for (const [, example = ''] of examples)
      expect(() => JSON.parse(example), example).not.toThrow()
  })

  it('lists every code of an error', () => {
    const sources = readdirSync(join(ROOT, 'src/dashboard'), {
      recursive: true,
      encoding: 'utf8',
    }).filter(name => name.endsWith('.ts') && !name.startsWith('browser'))
    const calls = sources.map(name => read(`src/dashboard/${name}`)).join('\n')
    const codes = [...calls.matchAll(/(?:problem|refusal)\(c, [^,]+, '([a-z-]+)'/g)].map(
      ([, code]) => code as string,
    )
    expect(codes.length).toBeGreaterThan(10)
    const listed = section('docs/api.md', 'Errors').match(/^\| \d{3} .*$/gm) ?? []
    const named = listed.flatMap(row => ticked(row.split('|')[2] ?? ''))
    for (const code of codes) expect(named).toContain(code)
  })
})

/** Of the dashboard as it is served. */
function routes(): string[] {
  const config = dashboardConfig({ redisUrl: 'redis://127.0.0.1:1', prefix: '{test}' })
  const events = createEvents()
  const redis = createRedis(config.redis, 'test', events)
  const keys = keysOf('{test}')
  const live = new Live({ redis, keys, config, events, version: 'test' })
  const app = dashboardApp({ redis, keys, config, events, version: 'test', live })
  redis.disconnect()
  const all = app.routes.filter(({ path, method }) => path.startsWith('/api/') && method !== 'ALL')
  return [...new Set(all.map(({ method, path }) => `${method} ${path}`))]
}
