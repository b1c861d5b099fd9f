import { describe, expect, it } from 'vitest'
import { readJson } from '../../../src/worker/engine/json.ts'

const WEI = (2n ** 256n - 1n).toString()
const SAFE = Number.MAX_SAFE_INTEGER

describe('readJson', () => {
  it.each([
    ['{"a":NaN,"b":Infinity,"c":-Infinity}', { a: null, b: null, c: null }],
    ['[NaN,NaN]', [null, null]],
    ['{"NaN":"NaN, Infinity and -Infinity"}', { NaN: 'NaN, Infinity and -Infinity' }],
    ['{"a":"say \\"NaN\\" \\\\","b":NaN}', { a: 'say "NaN" \\', b: null }],
    ['\uFEFF{"a":1}', { a: 1 }],
    ['\uFEFF{"a":NaN}', { a: null }],
    [`{"a":${WEI}}`, { a: WEI }],
    [`{"a":-${WEI},"b":[${WEI}]}`, { a: `-${WEI}`, b: [WEI] }],
    [`{"a":"${WEI}","${WEI}":1}`, { a: WEI, [WEI]: 1 }],
    [`[${SAFE},-${SAFE}]`, [SAFE, -SAFE]],
    ['[9007199254740992,9007199254740993]', ['9007199254740992', '9007199254740993']],
    ['[0.1234567890123456,1234567890123456.5]', [0.1234567890123456, 1234567890123456.5]],
    ['[1e22,12345678901234567e3,-1.5E-7,1E+2]', [1e22, 12345678901234567e3, -1.5e-7, 100]],
    [`[${'9'.repeat(300)}]`, [1e300]],
    [' 1234567890123456789 ', '1234567890123456789'],
    ['[0,-0,1]', [0, -0, 1]],
  ])('reads %s', (text, value) => {
    expect(readJson(text)).toEqual(value)
  })

  it.each([
    '',
    'NaN1',
    '1NaN',
    '{NaN:1}',
    '{"a":nan}',
    '{"a":+Infinity}',
    '{"a":--Infinity}',
    '[01234567890123456789]',
    '[1234567890123456789-]',
    '[1234567890123456789 1]',
    '{"a":NaN',
    '{"a":"NaN}',
    '\uFEFF\uFEFF{}',
    '<html>NaN</html>',
  ])('refuses %j', text => {
    expect(() => readJson(text)).toThrow(SyntaxError)
  })

  it('reads a mebibyte of the worst kind without pausing', () => {
    const half = 512 * 1024
    for (const worst of ['\\"'.repeat(half), `"${'\\"'.repeat(half)}`, '"'.repeat(2 * half + 1)]) {
      expect(() => readJson(`NaN${worst}`)).toThrow(SyntaxError)
    }
    const long = `${'x\\"'.repeat(half / 2)}NaN`
    expect(readJson(`["${long}",NaN]`)).toEqual([long.replaceAll('\\"', '"'), null])
    expect(readJson(`[${'NaN,'.repeat(half / 2)}NaN]`)).toHaveLength(half / 2 + 1)
  })
})
