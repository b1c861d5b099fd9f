import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'

const SRC = join(import.meta.dirname, '../src')
/** Libraries that take long to load, and that a command which reads has no use for. */
const HEAVY = ['bullmq', 'got', 'winston', 'hono', '@hono/node-server', 'cron-parser', 'ioredis']
const READS = ['status', 'runs', 'stats', 'audit', 'actions', 'pause', 'resume', 'check', 'health']

/** What is loaded with a file: imports of values, and of what is imported in turn. */
function loaded(file: string, found = new Set<string>()): Set<string> {
  const key = relative(SRC, file)
  if (found.has(key)) return found
  found.add(key)
  const text = readFileSync(file, 'utf8')
  for (const [, clause = '', source = ''] of text.matchAll(
    /^(?:import|export)\s+([\w\s{},*$]*?)\s*(?:from\s*)?['"]([^'"]+)['"]/gm,
  )) {
    if (clause.startsWith('type ')) continue
    const path = join(dirname(file), source)
    if (source.startsWith('.') && existsSync(path)) loaded(path, found)
    else found.add(source)
  }
  return found
}

it.each(READS)('%s loads nothing that it does not need', command => {
  const all = new Set([
    ...loaded(join(SRC, 'cli.ts')),
    ...loaded(join(SRC, `commands/${command}.ts`)),
  ])
  expect(all).toContain('yargs')
  expect(HEAVY.filter(name => all.has(name))).toEqual([])
  expect([...all].filter(name => /^(?:dashboard|worker|producer|standalone)\//.test(name))).toEqual(
    [],
  )
})

it('knows a heavy command when it sees one', () => {
  expect(loaded(join(SRC, 'commands/up.ts'))).toContain('bullmq')
})
