import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { workplace } from '../fixtures/cli.ts'

/** A real `up`, its end, and a command for each thing that can be read take seconds, ms. */
const LIMIT = 120_000

const DATA = '.hft-scheduler/redis/appendonlydir'

async function sums(dir: string) {
  const names = (await readdir(join(dir, DATA))).sort()
  const files = names.map(async name => {
    const content = await readFile(join(dir, DATA, name))
    return [name, createHash('sha256').update(content).digest('hex')]
  })
  return Promise.all(files)
}

it('reads what an up left in its folder, and writes nothing', { timeout: LIMIT }, async t => {
  const place = await workplace(t)
  const up = place.start(['up', '--interval', '1'])
  await up.event('run', ({ verdict }) => verdict === 'succeeded')
  expect((await up.end()).code).toBe(0)
  const before = await sums(place.dir)

  const told = 'no up runs in this folder: this is what the last one left\n'
  const runs = await place.run(['runs', '--json'])
  expect([runs.code, runs.stderr]).toEqual([0, told])
  expect(runs.lines().map(({ verdict }) => verdict)).toContain('succeeded')
  const stats = await place.run(['stats', '--json', '--limit', '1'])
  expect(stats.lines<{ engine: string }>()).toMatchObject([{ engine: 'default' }])
  const status = await place.run(['status'])
  expect(status.code).toBe(3)
  expect(status.stdout).toContain('! no worker is alive: no calls are made')
  const audit = await place.run(['audit', '--json'])
  expect(audit.lines()).toHaveLength(2)
  expect(await sums(place.dir)).toEqual(before)
  // It is given back: nothing keeps the next up out.
  await expect(stat(join(place.dir, '.hft-scheduler/up.json'))).rejects.toThrow('ENOENT')

  const follow = await place.run(['runs', '--follow'])
  expect(follow.code).toBe(69)
  expect(follow.stderr).toContain('--follow: no up runs in this folder, so nothing comes in')
  const pause = await place.run(['pause', 'default', '--reason', 'x'])
  expect(pause.code).toBe(69)
  expect(pause.stderr).toContain('Redis is out of reach')
  const elsewhere = await place.run(['runs'], { REDIS_URL: 'redis://127.0.0.1:1' })
  expect(elsewhere.code).toBe(69)
  expect(elsewhere.stderr).not.toContain('this is what the last one left')
})
