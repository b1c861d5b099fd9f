import { afterEach, beforeEach, expect, it } from 'vitest'
import { complete } from '../../src/commands/complete.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { commandContext } from '../fixtures/context.ts'

let books: TestBooks
beforeEach(async () => {
  books = openBooks()
  await books.declare('default/update-engine')
  await books.declare('other/get-stats')
})
afterEach(() => books.quit())

const completed = (...words: string[]) =>
  complete(words, commandContext({ prefix: books.prefix }).load)

it('knows verdicts, one after the other', async () => {
  expect(await completed('runs', '--verdict', '')).toContain('engine-stopped')
  expect(await completed('runs', '--verdict', 'fa')).toEqual(['failed'])
  expect(await completed('runs', '--verdict', 'failed,')).not.toContain('failed,failed')
  expect(await completed('runs', '--verdict', 'failed,un')).toEqual(['failed,unknown'])
  // As a shell splits --verdict=fa.
  expect(await completed('runs', '--verdict', '=', 'fa')).toEqual(['failed'])
})

it('knows what is declared', async () => {
  const ids = ['default/update-engine', 'other/get-stats']
  expect(await completed('runs', '--schedule', '')).toEqual(ids)
  expect(await completed('stats', '--engine', 'o')).toEqual(['other'])
  expect(await completed('trigger', '')).toEqual(ids)
  expect(await completed('trigger', '--yes', 'd')).toEqual(['default/update-engine'])
  expect(await completed('trigger', '--reason', '=', 'why', 'd')).toEqual(['default/update-engine'])
  expect(await completed('pause', '')).toEqual(['default', 'other', ...ids])
  expect(await completed('pause', '--reason', 'why', 'oth')).toEqual(['other', 'other/get-stats'])
  expect(await completed('actions', '--target', 'default')).toEqual([
    'default',
    'default/update-engine',
  ])
})

it('leaves to the parser what it knows', async () => {
  for (const words of [
    ['ru'],
    ['runs', '--ver'],
    ['runs', '--job', ''],
    ['runs', ''],
    ['pause', 'default', ''],
    ['pause', '--reason', ''],
    [],
  ]) {
    expect([words, await completed(...words)]).toEqual([words, null])
  }
})

it('offers nothing where Redis is out of reach', async () => {
  const { load } = commandContext({ prefix: books.prefix, redis: 'redis://127.0.0.1:1' })
  expect(await complete(['pause', ''], load)).toEqual([])
})
