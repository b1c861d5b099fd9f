import { afterEach, beforeEach, expect, it } from 'vitest'
import { actions } from '../../src/commands/actions.ts'
import { pause } from '../../src/commands/pause.ts'
import { resume } from '../../src/commands/resume.ts'
import { recordAction } from '../../src/ledger/actions.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { commandContext } from '../fixtures/context.ts'

let books: TestBooks
beforeEach(async () => {
  books = openBooks()
  await books.declare()
})
afterEach(() => books.quit())

async function printed(command: typeof actions, argv: Record<string, unknown>) {
  const context = commandContext({ prefix: books.prefix, argv })
  return { ...context, code: await command(context) }
}

it('shows what was done from the command line, by whom and why, oldest first', async () => {
  await printed(pause, { target: 'default', reason: 'a gas spike' })
  await printed(resume, { target: 'default', reason: 'it is over' })
  const { code, output } = await printed(actions, {})
  expect(code).toBe(0)
  expect(output().trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^when \(UTC\S*\) +who +via +what +target +reason$/),
    expect.stringMatching(/ \S+@\S+ +command line +pause +default +a gas spike$/),
    expect.stringMatching(/ \S+@\S+ +command line +resume +default +it is over$/),
  ])
  const { objects } = await printed(actions, { json: true, limit: 1 })
  expect(objects()).toEqual([
    {
      ...{ id: expect.any(String), at: expect.any(Number), by: expect.stringMatching(/.@./) },
      ...{ via: 'command line', action: 'resume', target: 'default', reason: 'it is over' },
    },
  ])
})

it('reads as far back as it is asked to', async () => {
  const action = { by: 'ann', via: 'dashboard', action: 'pause', target: 'x', reason: '' } as const
  for (let index = 0; index < 600; index++) {
    await recordAction(books.redis, books.keys, { ...action, reason: String(index) })
  }
  const { objects } = await printed(actions, { json: true, limit: 550 })
  expect(objects().map(({ reason }) => Number(reason))).toEqual(
    Array.from({ length: 550 }, (_, index) => index + 50),
  )
})

it('says so when there is nothing, and prints no control characters', async () => {
  const { code, output, errors } = await printed(actions, {})
  expect([code, output(), errors()]).toEqual([0, '', 'nobody did anything yet\n'])
  const nasty = 'x\u001b[2J\n\u202e'
  const action = {
    by: nasty,
    via: 'dashboard',
    action: nasty,
    target: nasty,
    reason: nasty,
  } as const
  await recordAction(books.redis, books.keys, action)
  for (const json of [true, false]) {
    const { raw, unpainted } = await printed(actions, { json })
    expect(unpainted()).toMatch(/^[\P{Cc}\n]+$/u)
    expect(raw()).not.toContain('\u202e')
  }
})

it('takes no reason for a resumption that cannot be printed', async () => {
  await expect(printed(resume, { target: 'default', reason: 'a\nb' })).rejects.toThrow('--reason: ')
})

it('looks for a target, a person, an action and a stretch of time', async () => {
  const { redis, keys } = books
  const add = (by: string, action: string, target: string) =>
    recordAction(redis, keys, { by, via: 'dashboard', action, target, reason: '' })
  const at = [
    await add('ann', 'pause', 'default'),
    await add('bob', 'trigger', 'default/get-stats'),
    await add('ann', 'resume', 'default'),
    await add('ann', 'pause', 'defaulted'),
  ]
  const found = async (argv: Record<string, unknown>) => {
    const { objects } = await printed(actions, { json: true, ...argv })
    return objects().map(it => at.indexOf(it.at))
  }
  expect(await found({ target: 'default' })).toEqual([0, 1, 2])
  expect(await found({ target: 'default/get-stats' })).toEqual([1])
  expect(await found({ by: 'ann', action: 'pause' })).toEqual([0, 3])
  expect(await found({ since: at[1], to: at[2] })).toEqual([1, 2])
  expect((await printed(actions, { by: 'eve' })).errors()).toBe(
    'nobody did anything of that kind\n',
  )
  expect((await printed(actions, { limit: 1, by: 'ann' })).errors()).toBe(
    '2 older actions are not shown: use --all or a higher --limit\n',
  )
  const all = await printed(actions, { all: true, json: true })
  expect([all.objects().length, all.errors()]).toEqual([4, ''])
  await expect(async () => printed(actions, { all: true, limit: 1 })).rejects.toThrow('--all and')
})

it('fits 80 columns', async () => {
  const reason = 'the pool was drained over night, and nobody knew of it until the morning came'
  await printed(pause, { target: 'default/update-engine', reason })
  const context = commandContext({ prefix: books.prefix, argv: {} })
  await actions({ ...context, env: { ...context.env, COLUMNS: '80' } })
  expect(
    context
      .output()
      .split('\n')
      .filter(line => line.length > 80),
  ).toEqual([])
  for (const word of reason.split(' ')) expect(context.output()).toContain(word)
})
