import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** Deliberate violations, and what the linter has to say of each. */
const WRONG: [file: string, code: string, message: string][] = [
  ['src/producer/a.ts', "import got from 'got'", 'only src/worker/engine speaks HTTP'],
  ['src/worker/a.ts', "export const x = import('got')", 'only src/worker/engine speaks HTTP'],
  ['src/config.ts', "export { got } from 'got'", 'only src/worker/engine speaks HTTP'],
  ['src/worker/b.ts', "import winston from 'winston'", 'only src/logger.ts logs'],
  ['src/config2.ts', "import { parse } from 'dotenv'", 'only src/cli.ts and src/commands'],
  ['src/given.ts', "import yargs from 'yargs/yargs'", 'only src/cli.ts and src/commands'],
  ['src/commands/trigger.ts', "import { Queue } from 'bullmq'", 'touch the queue'],
  ['src/commands/type.ts', "import type { Queue } from 'bullmq'", 'touch the queue'],
  ['src/worker/engine/q.ts', "import { Queue } from 'bullmq'", 'touch the queue'],
  ['src/ledger/a.ts', "import { Redis } from 'ioredis'", 'only src/redis-connection.ts connects'],
  ['src/producer/b.ts', "import { X } from 'cron-parser'", 'read cron patterns'],
  ['src/worker/c.ts', "import { Hono } from 'hono'", 'serve HTTP'],
  ['src/dashboard/b.ts', "import { Queue } from 'bullmq'", 'touch the queue'],
  ['src/dashboard/c.ts', "import { x } from '@bull-board/api'", 'shows the queue'],
  ['src/dashboard/live/a.ts', "import { x } from 'preact/hooks'", 'runs in browsers'],
  ['src/dashboard/live/b.ts', "import { x } from '../../producer/books.ts'", 'reads Redis'],
  ['src/health.ts', "import { serve } from '@hono/node-server'", 'serve HTTP'],
  ['src/commands/runs.ts', "import Table from 'cli-table3'", 'how a terminal looks'],
  ['src/logger.ts', "import pc from 'picocolors'", 'how a terminal looks'],
  ['src/producer/c.ts', "import { x } from '../worker/retry.ts'", 'the producer imports shared'],
  ['src/worker/d.ts', "import { x } from '../producer/books.ts'", 'the worker imports shared'],
  ['src/worker/e.ts', "import { x } from '../dashboard/page.ts'", 'the worker imports shared'],
  ['src/dashboard/a.ts', "import { x } from '../worker/lease.ts'", 'the dashboard reads Redis'],
  ['src/worker/engine/a.ts', "import { x } from '../lease.ts'", 'the engine client stands alone'],
  ['src/redis.ts', "import { x } from './worker/lease.ts'", 'shared files know no program'],
  ['src/ledger/b.ts', "import { x } from '../worker/lease.ts'", 'shared files know no program'],
  ['src/worker/f.ts', "import { x } from '../commands/up.ts'", 'commands stand at the edge'],
  ['src/producer/d.ts', "import { x } from '../cli.ts'", 'commands stand at the edge'],
  ['src/loose.ts', 'async function f() {}\nf()\nexport { f }', 'Promise'],
  ['src/env.ts', 'export const x = process.env.HOME', 'process.env'],
  ['src/print.ts', 'console.log(1)\nexport {}', 'console'],
  ['src/default.ts', 'export default 1', 'default export'],
  ['src/bare.ts', "import { x } from './events'\nexport { x }", 'extension'],
  ['src/long.ts', `export {}\n${'void 0\n'.repeat(201)}`, 'lines'],
  ['src/camelCase.ts', 'export {}', 'kebab-case'],
]

const RIGHT: [file: string, code: string][] = [
  ['src/events.ts', 'export const x = 1'],
  ['src/worker/engine/line.ts', "import got from 'got'\nimport '../../events.ts'"],
  ['src/producer/e.ts', "import { Queue } from 'bullmq'\nimport '../ledger/ledger.ts'"],
  ['src/worker/g.ts', "import { Worker } from 'bullmq'\nimport './engine/client.ts'"],
  ['src/ledger/c.ts', "import type { Redis } from 'ioredis'"],
  ['src/redis2.ts', "import type { Redis } from 'ioredis'"],
  ['src/cli.ts', "import yargs from 'yargs'\nexport const x = import('./commands/up.ts')"],
  ['src/standalone/a.ts', "import { Hono } from 'hono'"],
  ['src/dashboard/queues/a.ts', "import 'bullmq'\nimport '@bull-board/api'"],
  ['src/dashboard/browser/a.tsx', "import { x } from 'preact'\nexport const y = x"],
  ['src/commands/up.ts', "import '../producer/producer.ts'\nimport '../worker/worker.ts'"],
  ['src/slots.ts', "import { X } from 'cron-parser'"],
  ['src/terminal.ts', "import pc from 'picocolors'"],
  ['bench/a.ts', "import got from 'got'\nconsole.log(process.env.HOME, got)"],
  ['test/a.ts', "import got from 'got'\nconsole.log(process.env.HOME, got)"],
]

let dir: string
let found: { file: string; message: string }[]

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hft-layout-'))
  for (const file of ['biome.json', 'layout.grit']) await cp(join(ROOT, file), join(dir, file))
  for (const [file, code] of [...WRONG, ...RIGHT]) {
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), `${code}\n`)
  }
  const biome = join(ROOT, 'node_modules/.bin/biome')
  const options = ['--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none']
  const run = promisify(execFile)(biome, ['lint', ...options, '--diagnostic-level=error'], {
    cwd: dir,
  })
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  found = JSON.parse(stdout).diagnostics.map(
    (each: { location: { path: string }; message: string }) => ({
      file: each.location.path,
      message: each.message,
    }),
  )
})

afterAll(() => rm(dir, { recursive: true, force: true }))

test.each(WRONG)('%s may not say: %s', (file, _code, message) => {
  const messages = found.filter(each => each.file === file).map(each => each.message)
  expect(messages).toContainEqual(expect.stringContaining(message))
})

test.each(RIGHT)('%s may say: %s', file => {
  const plugin = found.filter(each => each.file === file && !each.message.includes('unused'))
  expect(plugin).toEqual([])
})
