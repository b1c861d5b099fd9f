import { afterEach, expect, it } from 'vitest'
import { openLog, type Part, serve } from '../src/service.ts'
import { commandContext } from './fixtures/context.ts'

const said: string[] = []
afterEach(() => {
  said.length = 0
})

function part(name: string, change: Partial<Part> = {}): Part {
  return {
    start: async () => void said.push(`start ${name}`),
    stop: async () => void said.push(`stop ${name}`),
    ...change,
  }
}

it('starts parts in order, and stops them in reverse at the signal', async () => {
  const signal = new AbortController()
  const last = part('b', {
    start: async () => {
      said.push('start b')
      signal.abort()
    },
  })
  await serve(signal.signal, [part('a'), last])
  expect(said).toEqual(['start a', 'start b', 'stop b', 'stop a'])
})

it('starts nothing after the signal', async () => {
  await serve(AbortSignal.abort(), [part('a')])
  expect(said).toEqual([])
})

it('ends a part that still starts, and none after it', async () => {
  const signal = new AbortController()
  const waiting = part('a', {
    start: () => {
      signal.abort()
      return new Promise(() => {})
    },
  })
  await serve(signal.signal, [waiting, part('b')])
  expect(said).toEqual(['stop a'])
})

it('stops what was started when a part cannot start, and says why', async () => {
  const broken = part('b', { start: () => Promise.reject(new Error('no Redis')) })
  const serving = serve(new AbortController().signal, [part('a'), broken, part('c')])
  await expect(serving).rejects.toThrow('no Redis')
  expect(said).toEqual(['start a', 'stop b', 'stop a'])
})

it('stops every part, also when one fails to', async () => {
  const signal = new AbortController()
  const broken = part('b', {
    start: async () => signal.abort(),
    stop: () => Promise.reject(new Error('stuck')),
  })
  await expect(serve(signal.signal, [part('a'), broken])).rejects.toThrow('stuck')
  expect(said).toEqual(['start a', 'stop a'])
})

it('writes the warnings of a configuration into the log, until it is closed', () => {
  const context = commandContext({ prefix: 'p' })
  const resolved = context.load({ credentials: false })
  const log = openLog(context, { ...resolved, warnings: ['odd setting'] })
  expect(context.output()).toContain('odd setting')
  log.close()
  log.events.emit('warning', { part: 'x', message: 'unheard' })
  expect(context.output()).not.toContain('unheard')
})
