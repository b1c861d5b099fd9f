import { describe, expect, it, onTestFinished } from 'vitest'
import { redisWithUsers } from '../fixtures/acl.ts'
import { workplace } from '../fixtures/cli.ts'
import { environmentFor } from '../fixtures/environment.ts'

const NOBODY = { url: 'http://127.0.0.1:1', username: 'me', password: 's3cret' }

describe('a command', () => {
  const sentence = /^hft-scheduler: Redis: [^\n]+\n {2}[^\n]+\n$/

  it.each([
    ['without keys', ['&*', '+@all']],
    ['without EVAL', ['~*', '&*', '+@all', '-eval', '-evalsha']],
    ['that may only connect', ['~*', '&*', '-@all', '+ping', '+info']],
  ])('says in one sentence that a user %s may not', async (_name, rules) => {
    const { user } = await redisWithUsers()
    const place = await workplace({ onTestFinished })
    const url = await user('app', ...rules)
    const { code, stderr } = await place.run(['pause', 'default', '--reason', 'x'], {
      REDIS_URL: url,
    })
    if (code === 2) expect(stderr).toContain('default')
    else {
      expect(stderr).toMatch(sentence)
      expect(stderr).toContain('docs/operations.md')
      expect(code).toBe(69)
    }
    const doctor = await place.run(['doctor', '--json'], environmentFor(NOBODY, { REDIS_URL: url }))
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toMatch(/"check":"redis rights","level":"failure"/)
  })

  it('says what a node of a Cluster is', async () => {
    const { server } = await redisWithUsers('--cluster-enabled', 'yes')
    const place = await workplace({ onTestFinished })
    const { code, stderr } = await place.run(['status'], { REDIS_URL: server.url })
    expect(stderr).toMatch(sentence)
    expect(stderr).toContain('CLUSTERDOWN')
    expect(code).toBe(69)
    const worker = place.start(['worker'], environmentFor(NOBODY, { REDIS_URL: server.url }))
    const { message } = await worker.event('warning', line => line.message.includes('CLUSTERDOWN'))
    expect(message).toContain('without cluster mode')
    expect(await worker.end()).toMatchObject({ code: 0 })
  })
})
