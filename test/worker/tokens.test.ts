import { expect, it } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { TokenFact } from '../../src/presence.ts'
import { Tokens } from '../../src/worker/tokens.ts'

const good = (engine: string) => ['login', { engine, via: 'login', life: 900_000 }] as const
const bad = (engine: string) => {
  return ['login-failed', { engine, reason: 'http-401', retryAt: 5 }] as const
}

it('passes logins on, and keeps how the newest of each engine went', () => {
  const events = createEvents()
  const heard: unknown[] = []
  events.on('login', event => heard.push(event))
  events.on('login-failed', event => heard.push(event))
  const tokens = new Tokens(events)
  const before = Date.now()
  tokens.emit(...bad('a'))
  tokens.emit(...good('a'))
  tokens.emit(...good('b'))
  tokens.emit(...bad('b'))
  expect(heard).toEqual([bad('a')[1], good('a')[1], good('b')[1], bad('b')[1]])
  expect(tokens.facts()).toEqual([
    { engine: 'b', at: null, life: null, refused: { reason: 'http-401', retryAt: 5 } },
    { engine: 'a', at: expect.any(Number), life: 900_000, refused: null },
  ])
  expect(tokens.facts()[1]?.at).toBeGreaterThanOrEqual(before)
  expect(tokens.facts().map(fact => TokenFact.parse(fact))).toEqual(tokens.facts())
})

it('tells of a hundred, refused ones first, then the newest', () => {
  const tokens = new Tokens(createEvents())
  tokens.emit(...bad('refused'))
  for (let index = 0; index < 5000; index++) tokens.emit(...good(`e${index}`))
  const facts = tokens.facts().map(({ engine }) => engine)
  expect(facts).toHaveLength(100)
  expect(facts.slice(0, 2)).toEqual(['refused', 'e4999'])
})
