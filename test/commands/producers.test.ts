import { expect, test } from 'vitest'
import { workplace } from '../fixtures/cli.ts'
import { environmentFor } from '../fixtures/environment.ts'

const NOBODY = { url: 'http://127.0.0.1:1', username: 'me', password: 's3cret' }
const LESS = ['--jobs', 'update-engine', '--interval', '7']
const DIFFERENCES = 'default/update-engine every 7 s, not every 10 s; default/get-stats not at all'

test('two producers that disagree: status, doctor, health and both logs say it', async t => {
  const place = await workplace(t)
  const env = { ...environmentFor(NOBODY), SCHEDULER_INTERVAL: '10' }
  const first = place.start(['producer', '--worker-name', 'first'], env)
  await first.event('started')
  const second = place.start(['producer', '--worker-name', 'second', ...LESS], env)
  const refused = await second.event('declaration-refused')
  expect(refused).toMatchObject({
    level: 'error',
    what: 'this would remove default/get-stats, still declared by first',
  })
  await first.event('producers-disagree', ({ producer }) => producer === 'second')
  const found = /producer second \(since .*\) disagrees with what first declared .*: (.*); it waits/
  const status = await place.run(['status'], env)
  expect(status.code).toBe(3)
  expect(found.exec(status.stdout)?.[1]).toBe(DIFFERENCES)
  const doctor = await place.run(['doctor', '--json'], env)
  const said = doctor
    .lines<{ check: string; found: string }>()
    .map(({ check, found }) => `${check}: ${found}`)
  expect(said.join('\n')).toMatch(new RegExp(`^declared: ${found.source}`, 'm'))
  // Nothing may go in passing, either.
  const once = await place.run(['producer', '--once', ...LESS], env)
  expect(once.code).toBe(75)
  expect(once.stderr).toMatch(
    /^hft-scheduler: the schedules are not declared: this would remove default\/get-stats, still declared by first\n {2}.*--force\n$/,
  )
  const forced = await place.run(['producer', '--once', '--force', ...LESS], env)
  expect([forced.code, forced.stderr]).toEqual([0, ''])
  const superseded = await first.event('declaration-superseded')
  expect(superseded.message).toContain('default/get-stats every 10 s, which is not declared')
  expect((await first.end()).code).toBe(0)
  expect((await second.end()).code).toBe(0)
}, 120_000)

test('a process that was killed and started again under its name is one, two at a time are two', async t => {
  const place = await workplace(t)
  const env = environmentFor(NOBODY)
  const producer = place.start(['producer'], env)
  await producer.event('started')
  const start = async () => {
    const worker = place.start(['worker', '--worker-name', 'w1'], env)
    await worker.event('started')
    return worker
  }
  const killed = await start()
  killed.kill('SIGKILL')
  await killed.ended
  const worker = await start()
  const names = async () =>
    (await place.run(['status', '--json'], env))
      .lines<{ type: string; message: string }>()
      .flatMap(({ type, message }) =>
        type === 'warning' && message.includes('named') ? [message] : [],
      )
  expect(await names()).toEqual([])
  const twin = await start()
  const said = /2 workers are named w1 \(w1#\w{4} since .*, w1#\w{4} since/
  for (const one of [worker, twin]) await one.event('warning', ({ message }) => said.test(message))
  const [warning] = await names()
  expect(warning).toMatch(said)
  // One ends, and the other is still there.
  await twin.end()
  const left = async () => {
    const { lines } = await place.run(['status', '--json'], env)
    return lines().filter(({ part, gone }) => part === 'worker' && gone === false)
  }
  // The killed one counts as gone after 10 s.
  await expect.poll(left, { timeout: 60_000, interval: 1000 }).toMatchObject([{ name: 'w1' }])
}, 120_000)

test('a worker whose producer has another prefix says so, and so does status', async t => {
  const place = await workplace(t)
  const env = environmentFor(NOBODY)
  const other = { ...env, SCHEDULER_PREFIX: `${env.SCHEDULER_PREFIX}x` }
  const worker = place.start(['worker'], other)
  const producer = place.start(['producer'], env)
  const alone = await worker.event('warning', ({ message }) =>
    message.includes('no producer is alive'),
  )
  expect(alone.message).toContain(`(prefix ${other.SCHEDULER_PREFIX} in redis://`)
  await producer.event('warning', ({ message }) => message.includes('no worker is alive'))
  for (const each of [env, other]) expect((await place.run(['status'], each)).code).toBe(3)
}, 120_000)
