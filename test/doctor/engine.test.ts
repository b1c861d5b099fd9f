import { expect, it, onTestFinished } from 'vitest'
import { engineFindings, noEngine } from '../../src/doctor/engine.ts'
import { GENERATIONS } from '../../src/simulation.ts'
import { answer, delay, hang, notJson, stopped } from '../fixtures/behaviours.ts'
import { levels, lines, subjectOf } from '../fixtures/doctor.ts'
import { type EngineOptions, startEngine, type TestEngine } from '../fixtures/engine.ts'
import { startProxy } from '../fixtures/proxy.ts'
import { freePort } from '../fixtures/redis.ts'
import { simulatedEngine } from '../fixtures/simulated-engine.ts'

async function engineOf(options: EngineOptions = {}) {
  const engine = await startEngine(options)
  onTestFinished(() => engine.close())
  return engine
}

/** What the doctor finds of an engine, or of what listens at `port`. */
async function examined(
  engine: Pick<TestEngine, 'port' | 'username' | 'password'>,
  env: Record<string, string> = {},
  timeout = 10_000,
) {
  const subject = subjectOf({
    env: {
      SCHEDULER_ENGINEAPI_HOST: '127.0.0.1',
      SCHEDULER_ENGINEAPI_PORT: String(engine.port),
      SCHEDULER_ENGINEAPI_USERNAME: engine.username,
      SCHEDULER_ENGINEAPI_PASSWORD: engine.password,
      ...env,
    },
  })
  const [configured] = subject.config.engines
  if (configured === undefined) throw new Error('no engine')
  const found = await engineFindings({ subject, engine: configured, timeout })
  expect(JSON.stringify(found)).not.toContain(engine.password)
  return found
}

const nobody = { username: 'operator', password: 'correct horse' }
const well = ['ok engine reach', 'ok engine clock', 'ok engine login', 'ok engine token']

it('is content with an engine that works, and never calls update-engine', async () => {
  const engine = await engineOf()
  expect(levels(await examined(engine))).toEqual([...well, 'ok engine stats'])
  const asked = engine.arrivals.map(({ method, path }) => `${method} ${path}`)
  expect(asked.sort()).toEqual(['GET /healthcheck', 'GET /stats', 'POST /login'])
  // A fence of the doctor's could make the engine refuse those of the workers.
  expect(engine.arrivals.some(({ headers }) => 'x-fencing-token' in headers)).toBe(false)
})

it('finds a wrong password', async () => {
  const engine = await engineOf()
  const found = await examined({ ...engine, username: 'operator', password: 'wrong horse' })
  expect(lines(found).at(-1)).toMatch(/^failure engine login: default: login: 401 .*Bad username/)
  expect(found.at(-1)?.advice).toContain('SCHEDULER_ENGINEAPI_PASSWORD')
})

it('says that a login was not tried without credentials', async () => {
  const engine = await engineOf()
  const env = { SCHEDULER_ENGINEAPI_PASSWORD: '' }
  expect(lines(await examined(engine, env)).at(-1)).toMatch(/^warning engine login: .*not tried/)
  expect(engine.logins).toBe(0)
})

it('finds that nothing listens, once', async () => {
  const port = await freePort()
  const found = await examined({ ...nobody, port })
  expect(found).toMatchObject([
    { level: 'failure', check: 'engine reach', found: expect.stringContaining('refused') },
  ])
  expect(found[0]?.advice).toContain('nothing listens there')
})

it('finds an unknown host', async () => {
  // A name that never exists (RFC 6761).
  const nowhere = { SCHEDULER_ENGINEAPI_HOST: 'engine.invalid' }
  const found = await examined({ ...nobody, port: 1 }, nowhere)
  const reach = found.find(({ check }) => check === 'engine reach')
  expect(reach).toMatchObject({ level: 'failure', found: expect.stringContaining(': dns (') })
})

it('finds a certificate that nobody vouches for', async () => {
  const engine = await engineOf({ tls: 'localhost' })
  const found = await examined(engine, {
    SCHEDULER_ENGINEAPI_HOST: 'localhost',
    SCHEDULER_ENGINEAPI_SCHEME: 'https',
  })
  expect(found).toMatchObject([
    { level: 'failure', check: 'engine reach', found: expect.stringContaining(': tls (') },
  ])
  expect(found[0]?.advice).toContain('SCHEDULER_ENGINEAPI_CA_FILE')
})

it('gives up on an engine that never answers', async () => {
  const engine = await engineOf()
  const proxy = await startProxy(engine)
  onTestFinished(() => proxy.close())
  proxy.blackHole(true)
  // Long enough to be connected within, also on a busy machine.
  const found = await examined({ ...nobody, port: proxy.port }, {}, 3000)
  expect(levels(found)).toEqual(['warning engine reach', 'failure engine login'])
})

it('gives up on an engine whose login hangs', async () => {
  const engine = await engineOf()
  engine.behave('/login', hang)
  const found = await examined(engine, {}, 3000)
  expect(levels(found)).toEqual([...well.slice(0, 2), 'failure engine login'])
})

it.each([
  ['ahead', 600_000],
  ['behind', -600_000],
])('finds an engine whose clock is %s', async (direction, skew) => {
  const engine = await engineOf()
  const date = new Date(Date.now() + skew).toUTCString()
  engine.behave('/healthcheck', answer(200, {}, { date }))
  const found = lines(await examined(engine))
  // What a slow machine needs may be taken off, at most.
  expect(found).toContainEqual(
    expect.stringMatching(
      new RegExp(`^warning engine clock: default: at least (9\\.\\d|10) min ${direction}`),
    ),
  )
})

it('finds tokens that end before the next slot, or before their own', async () => {
  const engine = await engineOf({ tokenLife: 5000 })
  const short = await examined(engine, { SCHEDULER_INTERVAL: '10' })
  expect(lines(short)).toContainEqual(
    'warning engine token: default: good for 5 s, slots are 10 s apart: a login for every call',
  )
  engine.setTokenLife(1000)
  expect(lines(await examined(engine, { SCHEDULER_INTERVAL: '0.5' }))).toContainEqual(
    expect.stringContaining('good for 1 s: at a slot it may be over'),
  )
})

it('finds stats that are none, and an engine that is stopped', async () => {
  const engine = await engineOf()
  engine.behave('/stats', notJson)
  expect(lines(await examined(engine)).at(-1)).toMatch(/^failure engine stats: default: contract/)
  engine.behave('/stats', stopped)
  expect(lines(await examined(engine)).at(-1)).toBe(
    'warning engine stats: default: the engine is stopped',
  )
})

it.each(GENERATIONS)(
  'says what ails an engine of the %s generation whose start failed',
  async generation => {
    const { engine, get, token } = await simulatedEngine({ generation, startStopped: true })
    const bearer = await token()
    engine.fail('mint', 1)
    expect((await get('/start', bearer)).status).toBe(500)
    const found = await examined(engine)
    expect(lines(found).at(-1)).toMatch(/^failure engine stats: default: http-500/)
    expect(found.at(-1)?.advice).toMatch(
      /last \/start failed, it says "running".* \/stop, then \/start$/,
    )
    // What it advises, helps.
    for (const path of ['/stop', '/start']) expect((await get(path, bearer)).status).toBe(200)
    expect(lines(await examined(engine)).join()).not.toContain('http-500')
  },
)

it('finds stats that come late', async () => {
  const engine = await engineOf()
  engine.behave('/stats', delay(600))
  const found = await examined(engine, { SCHEDULER_INTERVAL: '0.5' })
  expect(lines(found).at(-1)).toMatch(/^warning .*, slots are 500 ms apart: some are skipped$/)
  engine.behave('/stats', delay(4100))
  const near = await examined(engine, { SCHEDULER_TIMEOUT: '8s' })
  expect(lines(near).at(-1)).toMatch(/^warning engine stats: default: .*, a call may take 8 s/)
  engine.behave('/stats', hang)
  expect(lines(await examined(engine, {}, 3000)).at(-1)).toMatch(
    /^warning engine stats: default: no answer within 3 s, .* may take 30 s$/,
  )
})

it('warns of a password that travels readable', async () => {
  const engine = await engineOf()
  // An address of this machine that does not look like one.
  const found = await examined(engine, { SCHEDULER_ENGINEAPI_HOST: '0.0.0.0' })
  expect(lines(found).at(-1)).toMatch(/^warning engine access: .*readable for the network/)
})

it('says that no engine is set', () => {
  expect(levels(noEngine(subjectOf({})))).toEqual(['warning engine'])
  const ofUp = {
    defaults: { 'redis-url': 'redis://127.0.0.1:1' },
    origins: { 'redis-url': 'up in this folder' },
  }
  expect(levels(noEngine(subjectOf(ofUp)))).toEqual(['ok engine'])
})
