import { expect, it, onTestFinished } from 'vitest'
import { redisAccess } from '../../src/doctor/redis-access.ts'
import { connectedTo, lines, subjectOf } from '../fixtures/doctor.ts'
import { startRedis } from '../fixtures/redis.ts'

/** A Redis of the test's own with these settings, told of under `url` where that is given. */
async function accessOf(options: { args?: string[]; closed?: boolean; url?: string } = {}) {
  const { args = [], closed = false, url } = options
  const server = await startRedis({ args })
  onTestFinished(() => server.stop())
  const subject = await connectedTo({ REDIS_URL: server.url })
  onTestFinished(() => subject.disconnect())
  if (closed) await subject.redis.call('ACL', 'SETUSER', 'default', 'resetpass', '>s3cret')
  const { config } = url === undefined ? subject : subjectOf({ env: { REDIS_URL: url } })
  return lines(await redisAccess({ ...subject, config }))
}

it('is content with a Redis of this machine alone', async () => {
  expect(await accessOf()).toEqual(['ok redis access: only this machine reaches it'])
})

it('finds one that listens to the network and lets everybody in', async () => {
  // The minus lets Redis start where there is no such address; nothing listens beyond loopback.
  const bind = ['--bind', '127.0.0.1 -192.0.2.1']
  const open = await accessOf({ args: [...bind, '--protected-mode', 'no'] })
  expect(open[0]).toMatch(/^warning redis access: it listens beyond this machine, unprotected/)
  expect(await accessOf({ args: bind })).toEqual([expect.stringMatching(/^ok /)])
})

it('finds one on another machine that needs no password', async () => {
  const found = await accessOf({ url: 'redis://redis.internal' })
  expect(found).toEqual([
    'warning redis access: redis.internal: who reaches it on the network needs no password',
  ])
})

it('finds a password that travels readable, and does not tell it', async () => {
  const url = 'redis://:s3cret@redis.internal'
  expect(await accessOf({ closed: true, url })).toEqual([
    'warning redis access: redis.internal: its password travels readable for the network (redis://)',
  ])
  const secure = 'rediss://:s3cret@redis.internal'
  expect(await accessOf({ closed: true, url: secure })).toEqual([
    'ok redis access: it asks for a password',
  ])
})
