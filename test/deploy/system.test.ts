import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Compose, composeFile } from '../fixtures/compose.ts'
import { ROOT } from '../fixtures/dockerfile.ts'
import { buildImage, type Image } from '../fixtures/image.ts'
import { freePort, startRedis, type TestRedis } from '../fixtures/redis.ts'

/** As in the image: a user who owns nothing of it. Only root can become another one. */
const USER = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {}
const PARTS = ['engine', 'producer', 'worker', 'worker', 'dashboard'] as const

interface Part {
  name: string
  env: Record<string, string>
  child: ReturnType<typeof spawn>
  said: string
}

let image: Image
let compose: Compose
let redis: TestRedis
let before: string[]
const parts: Part[] = []
const ports = { engine: 0, dashboard: 0 }

// Every service with its own command line, environment and files, as Compose would start it with
// nothing configured but a shorter interval and credentials, which the mounted public ones give way
// to; hosts and ports are those of this machine.
beforeAll(async () => {
  image = await buildImage()
  before = await readdir(image.root, { recursive: true })
  for (const name of ['engine', 'dashboard'] as const) ports[name] = await freePort()
  compose = composeFile({
    SCHEDULER_INTERVAL: '0.5',
    SCHEDULER_ENGINEAPI_USERNAME: 'operator',
    SCHEDULER_ENGINEAPI_PASSWORD: 'correct horse',
    SCHEDULER_ENGINEAPI_HOST: '127.0.0.1',
    SCHEDULER_ENGINEAPI_PORT: String(ports.engine),
  })
  await placeSecrets()
  const [program, ...args] = compose.services.redis?.command ?? []
  expect(program).toBe('redis-server')
  redis = await startRedis({ args })
  for (const name of PARTS) parts.push(await start(name))
}, 180_000)

afterAll(async () => {
  for (const { child } of parts) child.kill('SIGKILL')
  await redis?.stop()
  await image?.remove()
})

test('the image holds production packages, and nothing to develop with', async () => {
  const files = before.filter(file => file.startsWith('app/'))
  const packages = files.filter(file => /^app\/node_modules\/(@[^/]+\/)?[^/@]+$/.test(file))
  expect(packages).toContain('app/node_modules/bullmq')
  for (const name of [
    'typescript',
    '@typescript',
    'vitest',
    '@biomejs',
    'esbuild',
    'preact',
    'tsx',
  ]) {
    expect(files.filter(file => file.startsWith(`app/node_modules/${name}`))).toEqual([])
  }
  expect((await readdir(join(image.root, 'app'))).sort()).toEqual(
    ['LICENSE', 'dist', 'node_modules', 'package.json'].sort(),
  )
  expect(files.filter(file => /\.(map|ts|mts|cts)$|\/\.(built|env)/.test(file))).toEqual([])
  expect(files).toContain('app/dist/dashboard/assets/overview.js')
})

test('all parts come up, and say that they are well', async () => {
  for (const part of parts) {
    await until(async () => (await run(part, image.healthcheck)).code === 0, part)
    await until(async () => (await run(part, health('readyz'))).code === 0, part)
  }
}, 180_000)

test('runs succeed, on both workers, and the books add up', async () => {
  const [, producer] = parts as [Part, Part]
  const workers = async () => {
    const { stdout } = await run(producer, words('runs --verdict succeeded --limit 1000 --json'))
    const runs = stdout.split('\n').filter(Boolean)
    return new Set(runs.map(line => JSON.parse(line).worker)).size
  }
  await until(async () => (await workers()) === 2, producer)
  expect((await run(producer, words('audit'))).code).toBe(0)
  expect((await run(producer, words('status'))).stdout).toContain('noeviction')
}, 180_000)

test('the dashboard asks for the password, and shows its page to who has it', async () => {
  const url = `http://127.0.0.1:${ports.dashboard}/`
  expect((await fetch(url)).status).toBe(401)
  const headers = { authorization: `Basic ${btoa('admin:public-change-me')}` }
  const answer = await fetch(url, { headers })
  expect(answer.status).toBe(200)
  const [, script] = /src="([^"]*overview[^"]*)"/.exec(await answer.text()) ?? []
  expect((await fetch(new URL(script ?? '', url), { headers })).status).toBe(200)
})

test('each ends in order when it is told to, and has written nothing', async () => {
  const grace = Number.parseInt(compose.services.worker?.stop_grace_period ?? '', 10) * 1000
  for (const part of parts) {
    const ended = once(part.child, 'exit')
    part.child.kill('SIGTERM')
    const late = sleep(grace, ['late'], { ref: false })
    expect(await Promise.race([ended, late]), part.said).toEqual([0, null])
  }
  expect(await readdir(image.root, { recursive: true })).toEqual(before)
}, 180_000)

async function placeSecrets(): Promise<void> {
  const folder = join(image.root, '../secrets')
  await mkdir(folder)
  for (const [name, { file }] of Object.entries(compose.secrets)) {
    await copyFile(join(ROOT, file), join(folder, name))
    await chmod(join(folder, name), 0o444)
  }
}

async function start(name: (typeof PARTS)[number]): Promise<Part> {
  const service = compose.services[name]
  const env: Record<string, string> = {
    PATH: `${join(image.root, 'usr/local/bin')}:/usr/bin:/bin`,
    HOME: '/nonexistent',
    ...image.env,
    ...environment(service?.environment ?? {}),
    SCHEDULER_HEALTH_PORT: String(await freePort()),
    // They share the network of their host.
    CONTAINER_REDIS_URL: '',
  }
  if (name === 'dashboard') env.SCHEDULER_DASHBOARD_PORT = String(ports.dashboard)
  const command = [...image.entrypoint, ...(service?.command ?? [])].map(here)
  const part: Part = { name, env, child: spawned(command, env), said: '' }
  for (const stream of [part.child.stdout, part.child.stderr]) {
    stream?.setEncoding('utf8').on('data', said => {
      part.said = (part.said + said).slice(-4000)
    })
  }
  return part
}

/** Names that Compose's network knows, as addresses of this machine. */
function here(value: string): string {
  return value
    .replace('redis://redis:6379', redis.url)
    .replace(/^0\.0\.0\.0$/, '127.0.0.1')
    .replace('/run/secrets', join(image.root, '../secrets'))
}

function environment(given: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, here(value ?? '')]))
}

function spawned([program = '', ...args]: string[], env: Record<string, string>) {
  const cwd = join(image.root, image.workdir)
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  return spawn(image.find(program), args, { cwd, env, stdio, ...USER })
}

/** As `docker compose exec` does: a command in a part's container. */
async function run({ env }: Part, command: string[]) {
  const child = spawned(command, env)
  const [stdout, , [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code, stdout }
}

function words(typed: string): string[] {
  return ['hft-scheduler', ...typed.split(' ')]
}

function health(check: string): string[] {
  return words(`health --check ${check}`)
}

async function until(met: () => Promise<boolean>, part: Part): Promise<void> {
  const end = Date.now() + 90_000
  while (!(await met())) {
    if (Date.now() > end || part.child.exitCode !== null) {
      throw new Error(`${part.name}: waited in vain for ${met}\n${part.said}`)
    }
    await sleep(200)
  }
}
