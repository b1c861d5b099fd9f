import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runs } from '../../src/commands/runs.ts'
import { trigger } from '../../src/commands/trigger.ts'
import { answer, type Behaviour, hang } from '../fixtures/behaviours.ts'
import { commandContext } from '../fixtures/context.ts'
import { type Deployment, deploy, every } from '../fixtures/deployment.ts'

const [schedule, day] = ['default/update-engine', 86_400_000] as const

let deployment: Deployment
beforeEach(async () => {
  // No slot comes due: every call there is was made by hand.
  const phase = (Date.now() + day / 2) % day
  const timing = { timeout: 20_000, settle: 1000, shutdownTimeout: 1000 }
  deployment = await deploy({ schedules: [every(day, 'update-engine', phase)], timing })
  await deployment.producer()
})
afterEach(() => deployment.close())

const calls = () => deployment.engine.count('/update-engine')

function call(argv: Record<string, unknown> = {}, tty = false) {
  const all = { schedule, yes: true, within: 10_000, json: true, ...argv }
  const context = commandContext({ prefix: deployment.prefix, argv: all, tty })
  return { ...context, done: trigger(context) }
}

/** The engine takes the next call, and answers it when it is let go. */
function heldCall(): () => void {
  let letGo = () => {}
  const free = new Promise<void>(resolve => {
    letGo = resolve
  })
  const held: Behaviour = ({ next }) => free.then(next)
  deployment.engine.behave('/update-engine', held, 1)
  return letGo
}

it('makes one call now and prints how it ended, as `runs` does', async () => {
  await deployment.worker()
  const { done, objects, errors } = call({ reason: 'to see' })
  expect(await done).toBe(0)
  expect(errors()).toBe('')
  expect(objects()).toEqual([
    expect.objectContaining({
      ...{ schedule, slot: null, verdict: 'succeeded', attempts: 1, status: 200, manual: true },
      ...{ worker: 'worker', request: expect.any(String) },
    }),
  ])
  expect(calls()).toBe(1)
  const context = commandContext({ prefix: deployment.prefix, argv: { json: true } })
  await runs(context)
  expect(context.objects()).toEqual(objects())
})

it('waits for weeks, if it is told to', async () => {
  // A timer that overflows would end it before there is a worker.
  const { done, errors, waitFor } = call({ within: 30 * day, wait: 40 * day })
  await waitFor(() => errors() !== '')
  await deployment.worker()
  expect(await done).toBe(0)
})

it('exits with 1 when the call failed, and prints a table for people', async () => {
  await deployment.worker()
  deployment.engine.behave('/update-engine', answer(400, { message: 'no' }))
  const { done, output } = call({ json: false })
  expect(await done).toBe(1)
  expect(output()).toMatch(/^slot \(UTC\S*\) +schedule .*\nby hand .* failed +http-400 /)
})

it('obeys the lease: no call beside one in flight', async () => {
  await deployment.worker()
  const letGo = heldCall()
  const first = call()
  await deployment.engine.waitFor(() => calls() === 1)
  const second = call()
  expect(await second.done).toBe(1)
  expect(second.objects()).toMatchObject([{ verdict: 'skipped', reason: 'overlap' }])
  letGo()
  expect(await first.done).toBe(0)
  expect(deployment.engine.maxInFlight('/update-engine')).toBe(1)
})

it('withdraws what no worker has taken in time', async () => {
  const { done, output, errors } = call({ within: 300 })
  expect(await done).toBe(1)
  expect(output()).toBe('')
  expect(errors()).toBe(
    'no worker is alive: waiting for one\n' +
      'no worker has made the call within 300 ms; withdrawn: no call was made\n',
  )
  const later = deployment.nextRun()
  await deployment.worker()
  const { done: again } = call()
  expect(await again).toBe(0)
  await later
  expect(calls()).toBe(1)
})

it('goes on waiting for what a worker has taken already', async () => {
  await deployment.worker()
  const letGo = heldCall()
  const { done, objects, errors } = call({ within: 3000 })
  await deployment.engine.waitFor(() => calls() === 1)
  await sleep(3000)
  letGo()
  expect(await done).toBe(0)
  expect(errors()).toBe('')
  expect(objects()).toMatchObject([{ verdict: 'succeeded' }])
})

it('withdraws at Ctrl-C, and says when it is too late for that', async () => {
  const early = call()
  await early.waitFor(() => early.errors() !== '')
  early.stop()
  expect(await early.done).toBe(1)
  expect(early.errors()).toMatch(/\nwithdrawn: no call was made\n$/)

  await deployment.worker()
  deployment.engine.behave('/update-engine', hang, 1)
  const late = call()
  await deployment.engine.waitFor(() => calls() === 1)
  late.stop()
  expect(await late.done).toBe(75)
  expect(late.errors()).toMatch(/^a worker has it already: the call goes on; see /)
})

it('waits no longer than it is told, and says that the call goes on', async () => {
  await deployment.worker()
  const letGo = heldCall()
  const { done, output, errors } = call({ wait: 2500 })
  await deployment.engine.waitFor(() => calls() === 1)
  expect(await done).toBe(75)
  expect(output()).toBe('')
  expect(errors()).toMatch(/^no result after [23](\.\d)? s; the call goes on.*scheduler runs\n$/)
  const ended = deployment.nextRun()
  letGo()
  expect(await ended).toMatchObject({ verdict: 'succeeded', manual: true })
})

it('leaves the call to a worker that comes in time, when it does not wait', async () => {
  const { done, errors } = call({ wait: 0 })
  expect(await done).toBe(75)
  expect(errors()).toContain('or may still be made')
  const ended = deployment.nextRun()
  await deployment.worker()
  expect(await ended).toMatchObject({ verdict: 'succeeded', manual: true })
})

it('moves no money for somebody who has not said yes', async () => {
  await deployment.worker()
  await expect(call({ yes: false }).done).rejects.toMatchObject({
    message: `${schedule} moves money, and there is no terminal to ask whether that is meant`,
    hint: 'say so with --yes',
    exitCode: 2,
  })
  const asked = (answer: string) => {
    const context = commandContext({ prefix: deployment.prefix, argv: { schedule, json: true } })
    const ask = vi.fn(async (_question: string) => answer)
    return { ...context, ask, done: trigger({ ...context, ask }) }
  }
  for (const no of ['', 'no', 'yess', 'n']) {
    const { done, errors, ask } = asked(no)
    expect(await done).toBe(1)
    expect(errors()).toBe('not confirmed: no call was made\n')
    const question = `${schedule} moves money. Make one call now? (yes/no) `
    expect(ask).toHaveBeenCalledExactlyOnceWith(question)
  }
  expect(calls()).toBe(0)
  const { done, objects } = asked(' YES ')
  expect(await done).toBe(0)
  expect(objects()).toMatchObject([{ verdict: 'succeeded' }])
  expect(calls()).toBe(1)
})

it('says that the schedule is paused, and calls all the same', async () => {
  await deployment.worker()
  const pause = JSON.stringify({ reason: 'a gas spike', since: 1, by: 'me' })
  await deployment.redis.hset(deployment.keys.paused, 'default', pause)
  const { done, errors } = call()
  expect(await done).toBe(0)
  expect(errors()).toBe('default is paused (a gas spike); a call by hand is made all the same\n')
})

it('shows on a terminal that it waits', async () => {
  const { done, raw, stop, waitFor } = call({}, true)
  await waitFor(() => /\rwaiting for default\/update-engine, [2-9] s/.test(raw()))
  stop()
  await done
})

it('names the schedules there are, and takes no reason that cannot be printed', async () => {
  await expect(call({ schedule: 'default' }).done).rejects.toMatchObject({
    message: 'There is no schedule "default"',
    hint: `there is: ${schedule}`,
  })
  await expect(async () => call({ reason: 'a\nb' }).done).rejects.toThrow('--reason: ')
})
