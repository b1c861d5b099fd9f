import { describe, expect, it } from 'vitest'
import { host, prefix } from '../src/addresses.ts'

describe('host', () => {
  it.each([
    ['localhost', 'localhost'],
    ['Engine.Example.com', 'engine.example.com'],
    ['my_engine', 'my_engine'],
    ['10.0.0.7', '10.0.0.7'],
    ['engine.example.', 'engine.example.'],
    ['::1', '[::1]'],
    ['[::1]', '[::1]'],
    ['2001:DB8::5', '[2001:db8::5]'],
    ['::ffff:10.0.0.7', '[::ffff:10.0.0.7]'],
  ])('reads %j', (text, expected) => {
    expect(host.parse(text)).toBe(expected)
  })

  it.each([
    ['http://engine', /--api-scheme \(SCHEDULER_ENGINEAPI_SCHEME\)/],
    ['engine/base', /a path is not supported/],
    ['engine:5000', /--api-port \(SCHEDULER_ENGINEAPI_PORT\)/],
    ['[::1]:5000', /--api-port/],
    ['me:secret@engine', /settings of their own/],
    ['a..b', /a host name or an address alone/],
    ['.', /a host name or an address alone/],
    ['-a.b', /a host name or an address alone/],
    [`${'a'.repeat(64)}.b`, /a host name or an address alone/],
    ['127.1', /an IPv4 address of four decimal numbers/],
    ['1', /an IPv4 address of four decimal numbers/],
    ['my engine', /a host name or an address alone/],
    ['[engine]', /a host name or an address alone/],
    ['fe80::1%eth0', /a host name or an address alone/],
    ['256.1.1.1', /a host name or an address alone/],
  ])('refuses %j and says what to do', (text, message) => {
    expect(() => host.parse(text)).toThrow(message)
  })
})

describe('prefix', () => {
  it.each([
    ['{hft-scheduler}', '{hft-scheduler}'],
    ['staging', '{staging}'],
    ['a:{b}:c', 'a:{b}:c'],
  ])('makes %j one hash tag', (text, expected) => {
    expect(prefix.parse(text)).toBe(expected)
  })

  it.each(['', 'a b', '{}', 'a}b', '{a', '{a}{b}', 'a\n'])('refuses %j', text => {
    expect(() => prefix.parse(text)).toThrow(/a prefix without white space/)
  })
})
