import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, type TestContext, test } from 'vitest'
import { startEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'
import { startProbed } from '../fixtures/probed.ts'

const WEDGE = pathToFileURL(join(import.meta.dirname, '../fixtures/wedge.mjs')).href

/** A deployment whose processes get stuck at SIGUSR2, and go on turning. */
async function environment(t: TestContext) {
  const engine = await startEngine()
  t.onTestFinished(() => engine.close())
  return environmentFor(engine, {
    ...{ SCHEDULER_INTERVAL: '3', SCHEDULER_JOBS: 'update-engine' },
    NODE_OPTIONS: `--import=${WEDGE}`,
  })
}

describe.concurrent('a process that turns and gets nowhere', { timeout: 240_000 }, () => {
  test('is dead as a worker, until somebody claims again', async t => {
    const env = await environment(t)
    const worker = await startProbed(t, ['worker'], env)
    await worker.place.run(['producer', '--once'], env)
    await worker.process.event('run')
    await worker.until('readyz', 200)
    worker.process.kill('SIGUSR2')
    await worker.until(
      'livez',
      503,
      /^worker: claims: no tick was claimed for \d+ s, though ticks wait and there is room\n$/,
      120_000,
    )
    expect((await worker.ask('readyz'))?.status).toBe(503)
    const { code, stdout } = await worker.health()
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^dead {2}worker /)])
    // Spare now, and not worth an alarm: nothing waits.
    const other = await startProbed(t, ['worker'], env)
    await other.process.event('run')
    await worker.until('livez', 200)
  })

  test('is dead as a producer', async t => {
    const producer = await startProbed(t, ['producer'], await environment(t))
    await producer.until('readyz', 200)
    producer.process.kill('SIGUSR2')
    await producer.until(
      'livez',
      503,
      /^producer: rounds: nothing was verified for \d+ s\n$/,
      120_000,
    )
    expect(await producer.process.end()).toMatchObject({ code: 0 })
  })
})
