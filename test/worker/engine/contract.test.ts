import { describe, expect, it } from 'vitest'
import { classify } from '../../../src/worker/engine/responses.ts'

function read(position: string, password: string) {
  const body = `{"status":"success","engine":"running","stats":${position}}`
  const outcome = { kind: 'answer', status: 200, body, retryAfter: undefined, at: 0 } as const
  return classify(outcome, 'update-engine', { secrets: [password] })
}

describe('an answer that holds the password', () => {
  it.each(['success', 'running', 'engine', '"', '1', '1800', '4711'])(
    'means what it means without it: %s',
    password => {
      const position = '{"price":1800.25,"tokenID":4711,"wei":918004711000000000001}'
      expect(read(position, password)).toMatchObject({
        class: 'succeeded',
        stats: { price: 1800.25, tokenID: 4711, wei: '918004711000000000001' },
      })
    },
  )

  it.each(['1800', 'p&ss'])('does not show it: %s', password => {
    const position = { said: password, also: `it is ${password}.`, [`is ${password}`]: true }
    expect(read(JSON.stringify(position), password)).toMatchObject({
      stats: { said: '***', also: 'it is ***.', 'is ***': true },
    })
  })
})
