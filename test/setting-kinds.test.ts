import { expect, it } from 'vitest'
import { proxyStatuses, Unfit } from '../src/setting-kinds.ts'

it.each([
  ['none', []],
  [' None ', []],
  ['503', [503]],
  ['503, 408,502,503', [408, 502, 503]],
  ['425,501,599', [425, 501, 599]],
])('reads %j as statuses of a proxy', (text, statuses) => {
  expect(proxyStatuses.parse(text)).toEqual(statuses)
})

it.each<[string, RegExp]>([
  ['500', /but not 500: the engine itself answers it/],
  ['503,500', /but not 500/],
  ...['200', '202', '302', '400', '401', '404', '422', '429', '499', '600', '5xx', '50 3'].map(
    (text): [string, RegExp] => [text, /^none, or a comma list of statuses that a proxy answers/],
  ),
  ...['', ',', '503,', 'none,503', 'yes', '-503', '503.0', '0503', '5e2'].map(
    (text): [string, RegExp] => [text, /408, 425, 501 to 599$/],
  ),
])('refuses %j for statuses of a proxy', (text, expected) => {
  expect(() => proxyStatuses.parse(text)).toThrow(Unfit)
  expect(() => proxyStatuses.parse(text)).toThrow(expected)
})

it('shows statuses of a proxy as they are written', () => {
  expect([[], [502, 503]].map(proxyStatuses.show)).toEqual(['none', '502,503'])
})
