import { describe, expect, it } from 'vitest'
import type { JobName } from '../../../src/jobs.ts'
import { classify, type Outcome } from '../../../src/worker/engine/responses.ts'

const AT = Date.UTC(2026, 0, 31, 12)

function answer(status: number, body: unknown = '', retryAfter?: string): Outcome {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { kind: 'answer', status, body: text, retryAfter, at: AT }
}

function failed(part: Partial<Extract<Outcome, { kind: 'failure' }>>): Outcome {
  return {
    kind: 'failure',
    cause: 'error',
    stage: 'ready',
    status: null,
    code: 'ECONNRESET',
    message: 'socket hang up',
    ...part,
  }
}

const good = { status: 'success', message: 'done', engine: 'running', stats: { tick_lower: 1 } }
const stopped = { status: 'error', message: 'Engine is not running', engine: 'stopped' }

function short(outcome: Outcome, job: JobName = 'update-engine') {
  const { class: kind, reason } = classify(outcome, job)
  return `${kind} ${reason}`
}

describe('classify', () => {
  it.each([
    ['succeeded null', answer(200, good)],
    ['engine-stopped engine-stopped', answer(404, stopped)],
    ['permanent http-404', answer(404, 'Not Found')],
    ['permanent http-404', answer(404, { engine: 'lost' })],
    ['permanent http-404', answer(404, 'null')],
    ['token-rejected http-401', answer(401, { msg: 'Token has expired' })],
    ['token-rejected http-422', answer(422, { msg: 'Signature verification failed' })],
    ...[301, 302, 304, 307, 400, 403, 405, 409, 410, 418].map(
      status => [`permanent http-${status}`, answer(status)] as const,
    ),
    ...[408, 425, 429, 502, 503].map(
      status => [`not-executed http-${status}`, answer(status)] as const,
    ),
    ['executed-badly http-500', answer(500)],
    ['unknown http-504', answer(504)],
    ['unknown http-520', answer(520)],
    ['unknown http-202', answer(202, good)],
    ['permanent http-204', answer(204)],
    ['permanent contract', answer(200)],
    ['permanent contract', answer(200, '<html></html>')],
    ['permanent contract', answer(200, 'null')],
    ['permanent contract', answer(200, '[]')],
    ['permanent contract', answer(200, { ...good, status: 'error' })],
    ['permanent contract', answer(200, { ...good, engine: 'stopped' })],
    ['permanent contract', answer(200, { ...good, stats: 'none' })],
    ['permanent contract', answer(200, { ...good, stats: [1] })],
  ] as const)('gives %s for an answer', (expected, outcome) => {
    expect(short(outcome)).toBe(expected)
    expect(short(outcome, 'get-stats')).toBe(expected)
  })

  it.each([
    ['not-executed refused', failed({ stage: 'connecting', code: 'ECONNREFUSED' })],
    ['not-executed dns', failed({ stage: 'connecting', code: 'ENOTFOUND' })],
    ['not-executed dns', failed({ stage: 'connecting', code: 'EAI_AGAIN' })],
    ['not-executed unreachable', failed({ stage: 'connecting', code: 'EHOSTUNREACH' })],
    ['not-executed unreachable', failed({ stage: 'connecting', code: 'ENETUNREACH' })],
    ['not-executed connect-time-out', failed({ stage: 'connecting', code: 'ETIMEDOUT' })],
    ['not-executed connect-time-out', failed({ stage: 'connecting', cause: 'time-out' })],
    ['not-executed connect-time-out', failed({ stage: 'securing', cause: 'time-out' })],
    ['not-executed not-sent', failed({ stage: 'connecting', code: 'EMFILE' })],
    ['not-executed aborted', failed({ stage: 'connecting', cause: 'aborted' })],
    ['not-executed tls', failed({ stage: 'securing', code: 'CERT_HAS_EXPIRED' })],
    ['not-executed tls', failed({ stage: 'securing' })],
    ['unknown reset', failed({})],
    ['unknown reset', failed({ code: 'EPIPE' })],
    ['unknown reset', failed({ code: 'ETIMEDOUT' })],
    ['unknown protocol', failed({ code: 'HPE_INVALID_CONSTANT' })],
    ['unknown time-out', failed({ cause: 'time-out' })],
    ['unknown time-out', failed({ cause: 'time-out', status: 200 })],
    ['unknown aborted', failed({ cause: 'aborted' })],
    ['unknown cut-off', failed({ status: 200 })],
    ['unknown cut-off', failed({ status: 503 })],
    ['unknown too-large', failed({ cause: 'too-large', status: 200 })],
    ['not-executed http-502', failed({ cause: 'too-large', status: 502 })],
    ['token-rejected http-401', failed({ status: 401 })],
  ] as const)('gives %s for a failure', (expected, outcome) => {
    expect(short(outcome)).toBe(expected)
  })

  it('wants stats of get-stats, and takes an update-engine without them', () => {
    for (const stats of [undefined, null]) {
      expect(classify(answer(200, { ...good, stats }), 'update-engine')).toMatchObject({
        class: 'succeeded',
        stats: null,
      })
      expect(short(answer(200, { ...good, stats }), 'get-stats')).toBe('permanent contract')
    }
  })

  it('keeps flat and bounded stats', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, i]))
    const stats = { text: 'x'.repeat(1000), no: null, deep: { a: 1 }, ['k'.repeat(65)]: 1, ...many }
    const result = classify(answer(200, { ...good, stats }), 'get-stats')
    const kept = result.class === 'succeeded' && result.stats ? result.stats : {}
    expect(Object.keys(kept)).toHaveLength(64)
    expect(kept).toMatchObject({ text: 'x'.repeat(256), no: null, f61: 61 })
    expect(Object.keys(kept)).not.toContain('deep')
  })

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['1.5', 1_500],
    ['-5', 0],
    ['Sat, 31 Jan 2026 12:00:30 GMT', 30_000],
    ['Sat, 31 Jan 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    ['1e300', 86_400_000],
    [undefined, null],
  ])('reads Retry-After %s', (header, expected) => {
    for (const status of [429, 503]) {
      expect(classify(answer(status, '', header), 'get-stats')).toMatchObject({
        retryAfter: expected,
      })
    }
    expect(classify(answer(502, '', header), 'get-stats')).toMatchObject({ retryAfter: null })
  })

  it('shows what the engine said on one bounded line without secrets', () => {
    const secrets = ['to"ken', 'p&ss']
    const body = { msg: `bad to"ken\u0007\n${encodeURIComponent('p&ss')}\u202e ${'é'.repeat(500)}` }
    const result = classify(answer(503, body), 'update-engine', secrets)
    const said = 'detail' in result ? result.detail : ''
    expect(said).toMatch(/^503 Service Unavailable: bad \*{3}\\u\{7\} \*{3}\\u\{202e\} é+…$/)
    expect(said).toHaveLength(300)
    const page = '<html><h1>Bad\n gateway</h1>to"ken</html>'
    expect(classify(answer(502, page), 'update-engine', secrets)).toMatchObject({
      detail: '502 Bad Gateway: Bad gateway ***',
    })
    const echo = { ...good, stats: { said: 'is p&ss right?' } }
    expect(classify(answer(200, echo), 'get-stats', secrets)).toMatchObject({
      stats: { said: 'is *** right?' },
    })
  })
})
