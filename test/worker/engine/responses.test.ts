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

function short(outcome: Outcome, job: JobName = 'update-engine', notExecuted: number[] = []) {
  const { class: kind, reason } = classify(outcome, job, { notExecuted })
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
    ['not-executed http-429', answer(429)],
    ['executed-badly http-500', answer(500)],
    ...[408, 425, 501, 502, 503, 504, 507, 520, 521, 522, 523, 524, 530, 598, 599].map(
      status => [`unknown http-${status}`, answer(status)] as const,
    ),
    ...[200, 201, 203, 204, 205, 206, 207, 226, 299].map(
      status => ['executed contract', answer(status)] as const,
    ),
    ['unknown contract', answer(202)],
    ['unknown contract', answer(202, good)],
    ['executed contract', answer(201, good)],
    ['executed contract', answer(200, '<html></html>')],
    ['executed contract', answer(200, 'null')],
    ['executed contract', answer(200, '[]')],
    ['executed contract', answer(200, '"stopped"')],
    ['executed contract', answer(200, { ...good, status: 'error' })],
    ['executed contract', answer(200, { ...good, engine: 'starting' })],
    ['executed contract', answer(200, { ...good, stats: 'none' })],
    ['executed contract', answer(200, { ...good, stats: [1] })],
    ['executed contract', answer(200, { ...good, results: [1] })],
    ...[200, 202, 400, 401, 404, 409, 422, 429, 500, 502, 503].map(
      status => ['engine-stopped engine-stopped', answer(status, stopped)] as const,
    ),
    ['engine-stopped engine-stopped', answer(200, `\uFEFF${JSON.stringify(stopped)}`)],
    ['engine-stopped engine-stopped', answer(200, '{"engine":"stopped","price":NaN}')],
    ['executed-badly http-500', answer(500, { engine: ['stopped'] })],
    ['executed-badly http-500', answer(500, 'the engine has stopped')],
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
    ['unknown too-large', failed({ cause: 'too-large', status: 202 })],
    ['unknown http-502', failed({ cause: 'too-large', status: 502 })],
    ['executed-badly http-500', failed({ cause: 'too-large', status: 500 })],
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
      expect(short(answer(200, { ...good, stats }), 'get-stats')).toBe('executed contract')
    }
  })

  it('finds the position under `stats` or under `results`', () => {
    const { stats, ...rest } = good
    for (const body of [
      good,
      { ...rest, results: stats },
      { ...rest, stats: null, results: stats },
    ]) {
      for (const job of ['update-engine', 'get-stats'] as const) {
        expect(classify(answer(200, body), job)).toMatchObject({ class: 'succeeded', stats })
      }
    }
  })

  it('takes the statuses for not executed that the operator names, and no others', () => {
    expect(short(answer(503), 'update-engine', [503])).toBe('not-executed http-503')
    expect(short(answer(502), 'update-engine', [503])).toBe('unknown http-502')
    expect(short(answer(503, stopped), 'update-engine', [503])).toBe(
      'engine-stopped engine-stopped',
    )
    expect(short(failed({ status: 503 }), 'update-engine', [503])).toBe('unknown cut-off')
    const large = failed({ cause: 'too-large', status: 503 })
    expect(short(large, 'update-engine', [503])).toBe('not-executed http-503')
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
    const result = classify(answer(503, body), 'update-engine', { secrets })
    const said = 'detail' in result ? result.detail : ''
    expect(said).toMatch(/^503 Service Unavailable: bad \*{3}\\u\{7\} \*{3}\\u\{202e\} é+…$/)
    expect(said).toHaveLength(300)
    const page = '<html><h1>Bad\n gateway</h1>to"ken</html>'
    expect(classify(answer(502, page), 'update-engine', { secrets })).toMatchObject({
      detail: '502 Bad Gateway: Bad gateway ***',
    })
    const echo = { ...good, stats: { said: 'is p&ss right?' } }
    expect(classify(answer(200, echo), 'get-stats', { secrets })).toMatchObject({
      stats: { said: 'is *** right?' },
    })
  })
})
