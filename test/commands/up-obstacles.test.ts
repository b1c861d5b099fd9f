import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { workplace } from '../fixtures/cli.ts'
import { privateRedisOf } from '../fixtures/private-redis.ts'

// Places that are searched besides the PATH: where one has a server, it is found, rightly.
const elsewhere = ['/usr/local/bin', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']
  .concat('/opt/local/bin')
  .some(dir => existsSync(join(dir, 'redis-server')) || existsSync(join(dir, 'valkey-server')))

describe.concurrent('up', { timeout: 180_000 }, () => {
  test('says that its data folder cannot be written', async t => {
    const { expect } = t
    const place = await workplace(t)
    await writeFile(join(place.dir, 'file'), '')
    for (const dir of ['file', 'file/below', '/proc/here']) {
      const { code, stdout, stderr } = await place.run(['up', '--data-dir', dir])
      expect([code, stdout]).toEqual([73, ''])
      expect(stderr).toContain(`hft-scheduler: cannot write in ${dir}: E`)
      expect(stderr).toContain('choose another --data-dir')
    }
  })

  test('says how other commands find its Redis in another folder', async t => {
    const { expect } = t
    const place = await workplace(t)
    const up = place.start(['up', '--data-dir', 'a/b', '--log-format', 'text'])
    await up.until(() => /^[\d:.]+ worker started/m.test(up.stdout()))
    const url = /audit, with --redis-url (redis:\S+)$/m.exec(up.stdout())?.[1]
    const { code } = await place.run(['audit', '--redis-url', `${url}`])
    expect(code).toBe(0)
  })

  test.skipIf(elsewhere)('says that there is no redis-server', async t => {
    const { expect } = t
    const place = await workplace(t)
    const { code, stderr } = await place.run(['up'], { PATH: place.dir })
    expect(code).toBe(69)
    expect(stderr).toBe(
      'hft-scheduler: there is no redis-server or valkey-server on the PATH\n' +
        '  install it (apt-get install redis-server, brew install redis), or set REDIS_URL\n',
    )
  })

  test('ends with a message when its Redis was ended by somebody else', async t => {
    const { expect } = t
    const place = await workplace(t)
    const up = place.start(['up', '--interval', '0.5'])
    await up.event('run')
    const redis = await privateRedisOf(place)
    process.kill(redis.pid, 'SIGKILL')
    const killed = Date.now()
    const { code, at } = await up.ended
    expect(code).toBe(69)
    // After 3 s at most, not the 25 s that a call under way is given.
    expect(at - killed).toBeLessThan(20_000)
    expect(up.stderr()).toMatch(/^hft-scheduler: the private Redis has ended:\n.*(Killed|137)/)
    expect(up.stderr()).not.toMatch(/^ +at /m)
    await up.event('stopped', line => line.part === 'redis')
  })

  test('ends in order when it is told to while it starts', async t => {
    const { expect } = t
    const place = await workplace(t)
    const up = place.start(['up', '--interval', '0.5'])
    await up.event('started', line => line.part === 'redis')
    const redis = await privateRedisOf(place)
    expect(await up.end('SIGINT')).toMatchObject({ code: 0 })
    expect(up.stderr()).toBe('')
    await redis.gone()
  })

  test.for(['SIGINT', 'SIGTERM'] as const)(
    'ends in order at %s while its Redis does not answer yet',
    async (signal, t) => {
      const { expect } = t
      const place = await workplace(t)
      // As one that reads its data for minutes.
      const server = join(place.dir, 'redis-server')
      await writeFile(server, '#!/bin/sh\necho $$ >pid\nexec sleep 600\n', { mode: 0o755 })
      const up = place.start(['up'], { PATH: `${place.dir}:${process.env.PATH}` })
      const pid = () => Number(readFileSync(join(place.dir, 'pid'), 'utf8'))
      await expect.poll(pid).toBeGreaterThan(0)
      expect((await up.end(signal)).code).toBe(0)
      expect(up.stderr()).toBe('')
      expect(() => process.kill(pid(), 0)).toThrow('ESRCH')
    },
  )
})

test('simulate says that its port is taken', async t => {
  const { expect } = t
  const place = await workplace(t)
  const other = createServer().listen(0, '127.0.0.1')
  t.onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, stdout, stderr } = await place.run(['simulate', '--port', String(port)])
  expect([code, stdout]).toEqual([75, ''])
  expect(stderr).toContain(`hft-scheduler: port ${port} is taken by another program\n`)
})
