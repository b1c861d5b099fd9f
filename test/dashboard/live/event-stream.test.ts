import { expect, it } from 'vitest'
import { EventStream, encodeEvent } from '../../../src/dashboard/live/event-stream.ts'

const QUARTER = encodeEvent('runs', JSON.stringify('x'.repeat(256 * 1024)))

function stream() {
  const heard: string[] = []
  const it = new EventStream({
    drained: () => heard.push('drained'),
    left: () => heard.push('left'),
    cut: () => heard.push('cut'),
  })
  return { it, heard, reader: it.body.getReader() }
}

it('writes an event as its name and its data', async () => {
  const { it, reader } = stream()
  it.send(encodeEvent('state', '{"a":1}'))
  const text = new TextDecoder()
  expect(text.decode((await reader.read()).value)).toBe('retry: 1000\n\n')
  expect(text.decode((await reader.read()).value)).toBe('event: state\ndata: {"a":1}\n\n')
})

it('keeps little for a page that takes nothing, and says when it takes something again', async () => {
  const { it, heard, reader } = stream()
  let sent = 0
  while (sent < 100 && it.send(QUARTER)) sent++
  expect(sent).toBe(4)
  expect(it.fullSince).toBeLessThanOrEqual(Date.now())
  expect(heard).toEqual([])
  await reader.read()
  await reader.read()
  expect(heard).toEqual(['drained'])
  expect(it.fullSince).toBeNull()
  expect(it.send(QUARTER)).toBe(true)
})

it('says that a page has left, or was cut off, and sends nothing more', async () => {
  const one = stream()
  await one.reader.cancel()
  expect(one.heard).toEqual(['left'])
  expect(one.it.send(QUARTER)).toBe(false)
  const other = stream()
  other.it.cut()
  expect(other.heard).toEqual(['left', 'cut'])
  expect(other.it.send(QUARTER)).toBe(false)
})

it('ends', async () => {
  const { it, reader } = stream()
  await reader.read()
  it.end()
  expect((await reader.read()).done).toBe(true)
})
