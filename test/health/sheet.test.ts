import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { healthSheet } from '../../src/health/sheet.ts'

const told = {
  ...{ status: 'dead', parts: ['worker'], name: 'w1', version: '1.2.3', since: Date.now() },
  checks: [{ part: 'worker', name: 'claims', ok: false, detail: 'stuck\u001b[2J' }],
}
const lines = (answer: object) => stripVTControlCharacters(healthSheet(answer)).split('\n')

test('shows the checks, and says that Redis tells nothing', () => {
  const shown = lines({ ...told, schedules: null })
  expect(shown[0]).toMatch(
    /^dead {2}worker w1, version 1\.2\.3, since \d\d:\d\d:\d\d\.\d{3} UTC\S*$/,
  )
  expect(shown).toContain('worker  claims  fails  stuck\\u001b[2J')
  expect(shown).toContain('Redis does not tell the schedules')
})

test('shows a schedule of which little is known', () => {
  const unknown = { nextSlot: null, lastSuccess: null, lastVerdict: null, books: null }
  const shown = lines({ ...told, schedules: [{ id: 'default/get-stats', ...unknown }] })
  expect(shown.find(line => line.startsWith('default/get-stats'))?.split(/ +/)).toEqual([
    'default/get-stats',
    ...['-', '-', '-', '-', '-', '-'],
  ])
})

test('shows what is none of ours as it came', () => {
  expect(healthSheet({ hello: '\u001b' })).toBe('{"hello":"\\u001b"}\n')
})
