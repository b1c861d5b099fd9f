import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { table, widthOf } from '../src/terminal.ts'
import { wrap } from '../src/wrapping.ts'

const longest = (text: string) =>
  Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map(line => line.length),
  )

it('breaks lines between words, but not between a number and its unit', () => {
  expect(wrap('succeeded 12.5 s ago', 10)).toBe('succeeded\n12.5 s ago')
  expect(wrap('held free for 30 s more', 12)).toBe('held free\nfor 30 s\nmore')
  expect(wrap('99.2 % of 120', 9)).toBe('99.2 % of\n120')
  expect(wrap('x'.repeat(7), 3)).toBe('xxx\nxxx\nx')
  expect(wrap('as it is', Infinity)).toBe('as it is')
})

it('lets no colour run into the next column', () => {
  const red = '\u001b[31m'
  const end = '\u001b[39m'
  const plain = `${end}\u001b[22m`
  expect(wrap(`${red}failed (http-503)${end} 1 s ago`, 10)).toBe(
    `${red}failed${plain}\n${red}(http-503)${end}\n1 s ago`,
  )
})

it('narrows the widest columns of a table until it fits', () => {
  const head = ['schedule', 'last', 'note']
  const rows = [['default/get-stats', 'failed 1 s ago', 'some words that go on for quite a while']]
  expect(longest(table(head, rows))).toBe(74)
  expect(stripVTControlCharacters(table(head, rows, 45)).split('\n')).toEqual([
    'schedule           last        note',
    'default/get-stats  failed 1 s  some words',
    '                   ago         that go on',
    '                               for quite a',
    '                               while',
  ])
})

it('lists the cells of each row where words are too long for columns', () => {
  const head = ['setting', 'value']
  const rows = [
    ['a', 'x'.repeat(30)],
    ['b', '1'],
  ]
  const text = table(head, rows, 24)
  expect(stripVTControlCharacters(text).split('\n')).toEqual([
    'setting  a',
    `value    ${'x'.repeat(15)}`,
    `         ${'x'.repeat(15)}`,
    '',
    'setting  b',
    'value    1',
  ])
})

it('is as wide as the terminal, or as COLUMNS says, and unbounded where there is none', () => {
  const out = process.stdout
  const terminal = (isTTY: boolean, columns?: number) =>
    ({ isTTY, columns }) as unknown as typeof out
  expect(widthOf(terminal(true, 72), {})).toBe(72)
  expect(widthOf(terminal(true, 72), { COLUMNS: '80' })).toBe(80)
  expect(widthOf(terminal(false, 72), {})).toBe(Infinity)
  expect(widthOf(terminal(true), { COLUMNS: 'x' })).toBe(Infinity)
})
