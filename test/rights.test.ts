import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lackingRights, RIGHTS, type Role } from '../src/rights.ts'
import { connected, redisWithUsers } from './fixtures/acl.ts'
import { workplace } from './fixtures/cli.ts'
import { startDashboard } from './fixtures/dashboard.ts'
import { deploy, every } from './fixtures/deployment.ts'
import { section } from './fixtures/documents.ts'
import { environmentFor } from './fixtures/environment.ts'
import { freshPrefix } from './fixtures/redis.ts'

const SCRIPTS = join(import.meta.dirname, '../node_modules/bullmq/dist/esm/scripts')
const NOBODY = { url: 'http://127.0.0.1:1', username: 'me', password: 's3cret' }

/** What docs/operations.md gives a role, for another prefix. */
function documented(role: Role, prefix: string): string[] {
  const lines = section('docs/operations.md', 'Rights in Redis').split('\n')
  const line = lines.find(text => text.startsWith(`ACL SETUSER hft-${role} `)) ?? ''
  const rules = line.replaceAll('{hft-scheduler}', prefix).split(' ').slice(3)
  return rules.filter(rule => rule !== 'on' && !rule.startsWith('>'))
}

it.each(Object.keys(RIGHTS) as Role[])('docs/operations.md gives %s what it needs', role => {
  const rights = RIGHTS[role].map(command => `+${command}`)
  const [keys, channels, nothing, ...given] = documented(role, '{p}')
  expect([keys, channels, nothing]).toEqual(['~{p}:*', '&{p}:*', '-@all'])
  expect(given).toEqual(rights)
})

it('gives those who run what the scripts of BullMQ use', () => {
  // What relays and parents of jobs need is used by nobody here.
  const files = readdirSync(SCRIPTS).filter(name =>
    /^(?!relay|addParent|paginate)\w+-\d+\.js$/.test(name),
  )
  expect(files.length).toBeGreaterThan(30)
  const texts = files.map(name => readFileSync(join(SCRIPTS, name), 'utf8')).join('\n')
  const used = [...texts.matchAll(/(?:rcall|redis\.p?call)\(["'](\w+)["']/g)]
  const commands = new Set(used.map(([, command]) => (command as string).toLowerCase()))
  expect(commands.size).toBeGreaterThan(40)
  for (const command of commands) expect(RIGHTS.running).toContain(command)
})

it('finds each right that is missing, by its name', async () => {
  const { user } = await redisWithUsers()
  const prefix = freshPrefix()
  const all = documented('running', prefix)
  const redis = connected(await user('app', ...all))
  const look = () => lackingRights(redis, { prefix, role: 'running' })
  expect(await look()).toEqual({ essential: [], optional: [] })
  for (const command of RIGHTS.running) {
    await user('app', ...all, `-${command}`)
    const found = await look()
    const named = [...(found?.essential ?? []), ...(found?.optional ?? [])]
    expect(
      named.map(text => text.split(' ')[0]),
      command,
    ).toEqual([`+${command}`])
  }
  await user('app', ...all, 'resetchannels')
  expect(await look()).toEqual({
    essential: [],
    optional: [`+publish &${prefix}:recorded`, `+subscribe &${prefix}:recorded`],
  })
  await user('app', ...all, 'resetkeys', '~other:*')
  expect((await look())?.essential).toContain('+zadd')
})

it('each role does all that it is for with its rights, and asks for no other', async t => {
  const { user, denied } = await redisWithUsers()
  const prefix = freshPrefix()
  const urlOf = (role: Role) => user(`hft-${role}`, ...documented(role, prefix))
  const [reading, pausing, running] = [
    await urlOf('reading'),
    await urlOf('pausing'),
    await urlOf('running'),
  ]
  const schedules = [every(1000), every(1000, 'get-stats', 500)]
  const deployment = await deploy({ schedules, redis: running, prefix })
  t.onTestFinished(() => deployment.close())
  await deployment.producer()
  await deployment.worker()
  await deployment.nextRun(run => run.verdict === 'succeeded' && run.job === 'get-stats')
  const place = await workplace(t)
  const type = async (url: string, ...args: string[]) => {
    const { code, stderr } = await place.run([...args, '--prefix', prefix], { REDIS_URL: url })
    return `${args[0]} ${code} ${stderr}`.trim()
  }
  for (const args of [['runs'], ['stats'], ['audit'], ['actions', '--json']]) {
    expect(await type(reading, ...args)).toBe(`${args[0]} 0`)
  }
  // A slot that a slow machine has missed is worth a look.
  expect(await type(reading, 'status')).toMatch(/^status [03]$/)
  expect(await type(pausing, 'pause', 'default/get-stats', '--reason', 'why')).toBe('pause 0')
  expect(await type(pausing, 'resume', 'default')).toMatch(/^resume 0/)
  // On a slow machine the call of a slot may still be in flight: 1, as no second one is made.
  expect(await type(running, 'trigger', 'default/update-engine', '--yes')).toMatch(
    /^trigger [01]\b/,
  )
  const shown = { redisUrl: reading, prefix }
  const dashboard = await startDashboard(t, shown)
  for (const path of ['api/overview', 'api/runs', 'api/actions', 'queues/api/queues']) {
    expect((await dashboard.get(path)).status, path).toBe(200)
  }
  const others = (await denied()).filter(entry => !/: client\|list$/.test(entry))
  expect(others).toEqual([])
})

describe('a worker and a producer', () => {
  it('say what they lack, do nothing, and begin when they have it', async t => {
    const { admin, user } = await redisWithUsers()
    const prefix = '{hft-scheduler}'
    const url = await user('app', ...documented('reading', prefix))
    const place = await workplace(t)
    const parts = ['worker', 'producer'].map(part =>
      place.start([part], environmentFor(NOBODY, { REDIS_URL: url, SCHEDULER_PREFIX: prefix })),
    )
    for (const part of parts) {
      const { message } = await part.event('warning', line =>
        line.message.includes('of Redis lacks'),
      )
      expect(message).toMatch(
        /lacks .*\+zadd .*; give this user of Redis the rights in docs\/operations\.md/,
      )
    }
    expect(await admin.keys(`${prefix}:*`)).toEqual([])
    await user('app', ...documented('running', prefix))
    for (const part of parts) await part.event('started')
    for (const part of parts) expect(await part.end()).toMatchObject({ code: 0 })
  })

  it('work where INFO and all that is dangerous is forbidden', async t => {
    const { user } = await redisWithUsers()
    const url = await user('app', '~*', '&*', '+@all', '-@dangerous')
    const deployment = await deploy({ redis: url })
    t.onTestFinished(() => deployment.close())
    await deployment.producer()
    await deployment.worker()
    await deployment.nextRun(run => run.verdict === 'succeeded')
    const place = await workplace(t)
    const env = environmentFor(deployment.engine, { REDIS_URL: url })
    const { stdout, stderr } = await place.run(
      ['doctor', '--json', '--prefix', deployment.prefix],
      env,
    )
    expect(stderr).toBe('')
    expect(stdout).not.toContain('start a producer')
    expect(stdout).toContain('INFO is forbidden')
  })

  it('record, follow and answer without any channel, and status says so', async t => {
    const { user } = await redisWithUsers()
    // As a new user of Redis 7 is.
    const url = await user('app', '~*', '+@all')
    const deployment = await deploy({
      redis: url,
      schedules: [every(1000), every(1000, 'get-stats', 500)],
    })
    t.onTestFinished(() => deployment.close())
    const warned: string[] = []
    deployment.events.on('warning', ({ message }) => warned.push(message))
    await deployment.producer()
    await deployment.worker()
    for (let calls = 0; calls < 4; calls++) await deployment.nextRun()
    const runs = [...(await deployment.runs()), ...(await deployment.runs('default/get-stats'))]
    expect(new Set(runs.map(({ verdict }) => verdict))).toEqual(new Set(['succeeded']))
    expect(await deployment.redis.xlen(deployment.keys.stats('default'))).toBeGreaterThan(0)
    expect(warned.filter(text => text.startsWith('no right to publish on channel'))).toHaveLength(1)
    const place = await workplace(t)
    const type = (...args: string[]) =>
      place.run([...args, '--prefix', deployment.prefix], { REDIS_URL: url })
    await expect.poll(async () => (await type('status')).stdout).toContain('no right to publish')
    expect((await type('status')).code).toBe(3)
    // One beside a slot's call is skipped, and may be asked for again.
    const ask = () => type('trigger', 'default/get-stats')
    await expect.poll(ask, { timeout: 60_000 }).toMatchObject({ code: 0, stderr: '' })
  })
})
