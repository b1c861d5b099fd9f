import { afterEach, beforeEach, expect, it } from 'vitest'
import { pause } from '../../src/commands/pause.ts'
import { resume } from '../../src/commands/resume.ts'
import { pauses } from '../../src/ledger/pauses.ts'
import { commandContext } from '../fixtures/context.ts'
import { type Deployment, deploy, every } from '../fixtures/deployment.ts'
import { calledSlots } from '../fixtures/slots.ts'

let deployment: Deployment
beforeEach(async () => {
  deployment = await deploy({ schedules: [every(500), every(500, 'get-stats', 250)] })
  await deployment.producer()
})
afterEach(() => deployment.close())

async function printed(command: typeof pause, argv: Record<string, unknown>) {
  const context = commandContext({ prefix: deployment.prefix, argv })
  return { code: await command(context), output: context.output() }
}

const why = { reason: 'a gas spike' }
const paused = () => pauses(deployment.redis, deployment.keys)

it('pauses a schedule, says who and why, and resumes it; workers obey', async () => {
  await deployment.worker()
  const target = 'default/update-engine'
  const of = (verdict: string, reason: string | null = null) =>
    deployment.nextRun(
      run => run.schedule === target && run.verdict === verdict && run.reason === reason,
    )
  await of('succeeded')
  const { code, output } = await printed(pause, { target, ...why })
  expect([code, output]).toEqual([
    0,
    `${target} is paused: no more calls from the next slot on\n` +
      `resume it with: hft-scheduler resume ${target}\n`,
  ])
  const by = expect.stringMatching(/^.+@.+$/)
  expect((await paused()).get(target)).toEqual({ ...why, since: expect.any(Number), by })
  const { slot, attempts } = await of('skipped', 'paused')
  expect(attempts).toBe(0)
  await of('skipped', 'paused')
  // Slots of update-engine are whole half seconds; a call before the pause may arrive this late.
  const called = calledSlots(deployment).filter(slot => slot % 500 === 0)
  expect(called.filter(at => at >= Number(slot))).toEqual([])
  expect((await printed(resume, { target })).output).toBe(
    `${target} is resumed: calls from the next slot on\n`,
  )
  await of('succeeded')
})

it('pauses a whole engine, and says what stays paused', async () => {
  await printed(pause, { target: 'default', ...why })
  await printed(pause, { target: 'default/get-stats', reason: 'another' })
  expect((await printed(resume, { target: 'default/get-stats' })).output).toMatch(
    /is resumed: .*\nits engine default is paused \(a gas spike\): it makes no calls until\n.*default\n$/,
  )
  await printed(pause, { target: 'default/get-stats', reason: 'another' })
  expect((await printed(resume, { target: 'default' })).output).toMatch(
    /^default is resumed: .*\ndefault\/get-stats stays paused \(another\)\n$/,
  )
})

it('changes only the reason of what is paused already', async () => {
  await printed(pause, { target: 'default', ...why })
  const { since } = (await paused()).get('default') ?? {}
  const { code, output } = await printed(pause, { target: 'default', reason: ' another ' })
  expect(code).toBe(0)
  expect(output).toMatch(/^default was paused already, since .*; the reason is another now\n/)
  expect((await paused()).get('default')).toMatchObject({ reason: 'another', since })
})

it('says so when there was nothing to resume', async () => {
  const { code, output } = await printed(resume, { target: 'default' })
  expect([code, output]).toEqual([0, 'default was not paused\n'])
})

it('resumes what is declared no more', async () => {
  await deployment.redis.hset(deployment.keys.paused, 'removed/get-stats', '{}')
  const { output } = await printed(resume, { target: 'removed/get-stats' })
  expect(output).toBe('removed/get-stats is resumed: calls from the next slot on\n')
})

it('names what there is for an unknown target', async () => {
  for (const command of [pause, resume]) {
    await expect(printed(command, { target: 'nine/update', ...why })).rejects.toMatchObject({
      message: 'There is no schedule or engine "nine/update"',
      hint: 'there is: default, default/get-stats, default/update-engine',
      exitCode: 2,
    })
  }
})

it('takes no reason that is empty, too long, or not to be printed', async () => {
  const reasons = [undefined, '  ', 'x'.repeat(201), 'a\u001b[31m', 'a\nb']
  for (const reason of reasons) {
    await expect(printed(pause, { target: 'default', reason })).rejects.toThrow('--reason: ')
  }
  expect(await paused()).toEqual(new Map())
  await printed(pause, { target: 'default', reason: '👍'.repeat(200) })
  expect((await paused()).size).toBe(1)
})
