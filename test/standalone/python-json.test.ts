import { expect, test } from 'vitest'
import { pythonJson } from '../../src/standalone/python-json.ts'

test('writes as Python does: keys in order, numbers that are none, integers of any size', () => {
  const value = {
    ...{ z: Number.NaN, y: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] },
    ...{ wei: 2n ** 256n - 1n, a: null, b: true, price: 2400.5, text: 'é "q"' },
  }
  expect(pythonJson(value)).toBe(
    `{"a":null,"b":true,"price":2400.5,"text":"\\u00e9 \\"q\\"","wei":${2n ** 256n - 1n},"y":[Infinity,-Infinity],"z":NaN}\n`,
  )
})
