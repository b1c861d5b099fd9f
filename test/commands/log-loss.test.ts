import { existsSync } from 'node:fs'
import { truncate } from 'node:fs/promises'
import { describe, test } from 'vitest'
import { workplace } from '../fixtures/cli.ts'
import { call, engineIn } from '../fixtures/engine-process.ts'

describe.concurrent('a service survives', { timeout: 180_000 }, () => {
  test.skipIf(!existsSync('/dev/full'))('a full disk', async t => {
    const { expect } = t
    const place = await workplace(t)
    const up = place.start(['up', '--interval', '0.5'], {}, 'exec "$@" >/dev/full')
    await up.until(() => up.stderr() !== '')
    const runs = async () => {
      const { code, lines } = await place.run(['runs', '--json'])
      return code === 0 ? lines() : []
    }
    await expect.poll(async () => (await runs()).length, { timeout: 60_000 }).toBeGreaterThan(3)
    for (const args of [['runs', '--json'], ['stats', '--format', 'csv'], ['audit']]) {
      const { code } = await place.run(args, {}, 'exec "$@" >/dev/full')
      expect([args, code]).toEqual([args, 74])
    }
    expect((await up.end('SIGTERM')).code).toBe(0)
    expect(up.stderr()).toBe(
      'hft-scheduler: the log cannot be written (ENOSPC: no space left on device); it goes on without\n',
    )
  })

  // A limit of the file's size stands for a disk that is full, until the file is made empty.
  test('a disk that fills up, and says afterwards what is missing', async t => {
    const { expect } = t
    const place = await workplace(t)
    const shell = 'ulimit -f 1; exec "$@" >>log'
    const { engine, path, text, url } = await engineIn(place, { shell, log: 'log' })
    for (let count = 0; count < 40; count++) await call(url)
    await truncate(path)
    await call(url)
    await expect.poll(text).toMatch(/ \/stats /)
    expect(await text()).toMatch(/^\n?\d\d log lines were lost since [\d:.]+ \(EFBIG: .*\)\n/)
    expect((await engine.end('SIGTERM')).code).toBe(0)
  })

  test('a reader who has gone', async t => {
    const { expect } = t
    const { engine, url } = await engineIn(await workplace(t))
    engine.stopReading()
    for (let count = 0; count < 5; count++) await call(url)
    expect((await engine.end('SIGTERM')).code).toBe(0)
    expect(engine.stderr()).toBe(
      'hft-scheduler: the log cannot be written (EPIPE); it goes on without\n',
    )
  })
})
