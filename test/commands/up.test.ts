import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, inject, test } from 'vitest'
import { type CliProcess, workplace } from '../fixtures/cli.ts'
import { startEngine } from '../fixtures/engine.ts'
import { privateRedisOf } from '../fixtures/private-redis.ts'
import { freshPrefix } from '../fixtures/redis.ts'

/** Until it has started and called: a guard against hanging alone, ms. */
const LIMIT = 60_000

interface Book {
  schedule: string
  due: number
  missed: number
  unaccounted: number
}

const succeeded = (up: CliProcess, schedule: string) =>
  up.event('run', run => run.schedule === schedule && run.verdict === 'succeeded')

describe.concurrent('up', { timeout: 180_000 }, () => {
  test('runs in an empty folder, is found by other commands, and ends with Ctrl-C', async t => {
    const { expect } = t
    const place = await workplace(t)
    const up = place.start(['up', '--log-format', 'text', '--interval', '1'])
    await up.until(() => /default\/update-engine .* succeeded/.test(up.stdout()))
    const redis = await privateRedisOf(place)
    expect(up.stdout()).toMatch(/^ {2}Redis +redis:\/\/127\.0\.0\.1:\d+ +redis-cli -p \d+$/m)
    expect(up.stdout()).toContain(`redis-cli -p ${redis.port}\n`)
    expect(up.stdout()).toMatch(/^ {2}engine +http:\S+ \(simulated: no money moves\)$/m)
    expect(up.stdout()).toMatch(/^ {2}schedules +default\/update-engine every 1 s$/m)
    expect(up.stdout()).toMatch(
      /^[\d:.]+ default\/update-engine \S+ succeeded, \d+ ms late, took /m,
    )

    const [status, runs, audit] = await Promise.all([
      place.run(['status']),
      place.run(['runs', '--json', '--job', 'update-engine']),
      place.run(['audit', '--json']),
    ])
    expect(status).toMatchObject({ code: 0, stderr: '' })
    expect(status.stdout).toContain('default/update-engine')
    expect(runs.lines()).toContainEqual(expect.objectContaining({ verdict: 'succeeded' }))
    expect(audit.lines<Book>().map(book => [book.schedule, book.unaccounted])).toEqual([
      ['default/get-stats', 0],
      ['default/update-engine', 0],
    ])

    const { code, took } = await up.end('SIGINT')
    expect([code, up.stderr()]).toEqual([0, ''])
    // Not the 25 s that a call under way is given.
    expect(took).toBeLessThan(20_000)
    expect(redis.alive()).toBe(false)
    const after = await place.run(['status'], { REDIS_URL: 'redis://127.0.0.1:1' })
    expect(after.code).toBe(69)
  })

  test('simulates the generation that was asked for', async t => {
    const { expect } = t
    const place = await workplace(t)
    const up = place.start(['up', '--log-format', 'text', '--sim-generation', 'second'])
    const engine = () => /^ {2}engine +(http:\S+)/m.exec(up.stdout())?.[1]
    await up.until(() => engine() !== undefined)
    await up.until(() => /default\/get-stats \S+ succeeded/.test(up.stdout()))
    // Only the second has this path.
    expect((await fetch(`${engine()}/history`)).status).toBe(401)
    expect((await up.end('SIGINT')).code).toBe(0)
  })

  test('is found from the folders below it, with its settings, and starts no other there', async t => {
    const { expect } = t
    const place = await workplace(t)
    await writeFile(join(place.dir, '.env'), 'SCHEDULER_PREFIX={other}\n')
    const below = 'mkdir -p a/b && cd a/b && exec "$@"'
    const up = place.start(['up', '--interval', '0.5'])
    await succeeded(up, 'default/get-stats')
    const audit = await place.run(['audit', '--json'], {}, below)
    expect(audit.lines<Book>().map(book => book.schedule)).toContain('default/get-stats')
    const second = await place.run(['up'], {}, below)
    expect([second.code, second.stdout]).toEqual([75, ''])
    expect(second.stderr).toMatch(/: another one runs in \S*\/hft-cli-\w+, above this folder\n/)
    expect((await up.end('SIGTERM')).code).toBe(0)
  })

  test.for(['--dry-run', '--dry-run=ON', '--dry-run=1'])(
    'makes no call with %s, and says so',
    async (flag, t) => {
      const { expect } = t
      const place = await workplace(t)
      const up = place.start(['up', '--log-format', 'text', '--interval', '1', flag])
      await up.until(() => /default\/update-engine .* skipped \(dry-run\)/.test(up.stdout()))
      expect(up.stdout()).toMatch(/^hft-scheduler \S+ {2}DRY RUN: no calls are made/m)
      expect(up.stdout()).toMatch(/worker started: .*, DRY RUN: it makes no calls$/m)
      expect(up.stdout()).not.toContain('succeeded')
      await up.end()
    },
  )

  test('goes on with the old data, after an end in order and after a crash', async t => {
    const { expect } = t
    const place = await workplace(t)
    // A call that is under way in the crash keeps the next ones waiting until these two are over.
    const args = ['up', '--interval', '0.5', '--timeout', '4', '--settle', '1']
    const first = place.start(args)
    const { slot } = await succeeded(first, 'default/update-engine')
    expect((await first.end('SIGTERM')).code).toBe(0)

    const second = place.start(args)
    const { slot: later } = await succeeded(second, 'default/update-engine')
    const redis = await privateRedisOf(place)
    second.kill('SIGKILL')
    await second.ended
    const third = place.start(args)
    await succeeded(third, 'default/update-engine')
    await redis.gone()

    await third.event('closed', line => line.verdict === 'missed')
    const runs = await place.run(['runs', '--json', '--limit', '1000'])
    const slots = runs.lines().map(run => run.slot)
    expect(slots).toContain(slot)
    // The answer of a call just before the crash may have been a second too young for the disk.
    expect(slots.filter(at => Number(at) < Number(later)).length).toBeGreaterThan(1)
    const books = (await place.run(['audit', '--json'])).lines<Book>()
    expect(books).toHaveLength(2)
    for (const book of books) expect(book).toMatchObject({ unaccounted: 0 })
    expect(books.reduce((sum, book) => sum + book.missed, 0)).toBeGreaterThan(0)
  })

  test('refuses to run twice in a folder, and the first goes on', async t => {
    const { expect } = t
    const place = await workplace(t)
    const first = place.start(['up', '--interval', '0.5'])
    await first.event('run')
    const { code, stdout, stderr } = await place.run(['up'])
    expect(code).toBe(75)
    expect(stdout).toBe('')
    expect(stderr).toMatch(
      /^hft-scheduler: another one runs in this folder \(pid \d+, Redis on port \d+\)\n {2}use it/,
    )
    await first.event('run', () => true, first.lines().length)
  })

  test('calls the engine that is configured, and simulates none', async t => {
    const { expect } = t
    const place = await workplace(t)
    const engine = await startEngine()
    t.onTestFinished(() => engine.close())
    const up = place.start(['up', '--log-format', 'text', '--interval', '0.5'], {
      SCHEDULER_ENGINEAPI_USERNAME: engine.username,
      SCHEDULER_ENGINEAPI_PASSWORD: engine.password,
      SCHEDULER_ENGINEAPI_HOST: '127.0.0.1',
      SCHEDULER_ENGINEAPI_PORT: String(engine.port),
    })
    await engine.waitFor(() => engine.count('/update-engine') > 0, LIMIT)
    await up.until(() => up.stdout().includes(engine.url))
    expect(up.stdout()).not.toContain('simulated')
  })

  test('asks for the credentials of an engine that is only half configured', async t => {
    const { expect } = t
    const place = await workplace(t)
    const { code, stderr } = await place.run(['up', '--api-port', '5001'])
    expect(code).toBe(2)
    expect(stderr).toContain('SCHEDULER_ENGINEAPI_PASSWORD: expected the password')
    expect(existsSync(join(place.dir, '.hft-scheduler', 'up.json'))).toBe(false)
  })

  test('starts no Redis when one is set', async t => {
    const { expect } = t
    const place = await workplace(t)
    const env = { REDIS_URL: inject('redisUrl'), SCHEDULER_PREFIX: freshPrefix() }
    const up = place.start(['up', '--interval', '0.5'], env)
    await up.event('run')
    expect(up.lines().filter(line => line.part === 'redis')).toEqual([])
    expect(existsSync(join(place.dir, '.hft-scheduler'))).toBe(false)
    expect((await up.end()).code).toBe(0)
  })
})
