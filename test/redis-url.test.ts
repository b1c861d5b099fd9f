import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { redisUrl } from '../src/redis-url.ts'
import { problems, resolve, setting } from './fixtures/settings.ts'

/** What ioredis makes of it. */
function target(url: string) {
  const redis = new Redis(redisUrl.parse(url), { lazyConnect: true })
  const { host, port, db, username, password, tls } = redis.options
  return [host, port, db, username ?? '', password ?? '', tls !== undefined]
}

describe('REDIS_URL', () => {
  it.each([
    ['redis://r', ['r', 6379, 0, '', '', false]],
    ['redis://r:/', ['r', 6379, 0, '', '', false]],
    ['redis://10.0.0.7:7000/3', ['10.0.0.7', 7000, 3, '', '', false]],
    ['redis://r/3/', ['r', 6379, 3, '', '', false]],
    ['redis://r/007', ['r', 6379, 7, '', '', false]],
    ['rediss://[::1]:6380/2', ['::1', 6380, 2, '', '', true]],
    ['REDISS://R.example', ['r.example', 6379, 0, '', '', true]],
    ['redis://me:s3cret@r', ['r', 6379, 0, 'me', 's3cret', false]],
    ['redis://:s3cret@r', ['r', 6379, 0, '', 's3cret', false]],
    ['redis://:@r', ['r', 6379, 0, '', '', false]],
    ['redis://me@r', ['r', 6379, 0, 'me', '', false]],
    ['redis://me:p@s:s@r/1', ['r', 6379, 1, 'me', 'p@s:s', false]],
    ['redis://m%40e:%2F%3F%23%25%C3%A9@r', ['r', 6379, 0, 'm@e', '/?#%é', false]],
    ['redis://:pä"$<>`{}|\\^@r', ['r', 6379, 0, '', 'pä"$<>`{}|\\^', false]],
    [' redis://r?\n', ['r', 6379, 0, '', '', false]],
  ])('%j leads where it says', (url, expected) => {
    expect(target(url)).toEqual(expected)
    expect(redisUrl.parse(redisUrl.parse(url))).toBe(redisUrl.parse(url))
  })

  it.each([
    ['redis://me:s3cret@r/1', 'redis://me:********@r/1'],
    ['redis://:s3cret@r', 'redis://:********@r'],
    ['redis://s3cret@r', 'redis://********@r'],
  ])('%j shows no secret', (REDIS_URL, shown) => {
    expect(setting({ env: { REDIS_URL } }, 'redis-url')?.display).toBe(shown)
  })

  it.each([
    ['localhost:6379', 'redis:// or rediss:// (TLS) before the host, got ********'],
    ['s3cret', 'redis:// or rediss:// (TLS) before the host, got ********'],
    [
      'http://r:6379',
      'redis:// or rediss:// (TLS) before the host, not http://, got http://r:6379',
    ],
    ['redis-sentinel://r/x', 'redis:// or rediss://: Sentinels are set by REDIS_SENTINELS'],
    [
      'unix:///run/redis.sock',
      'a host: unix sockets are not supported, let Redis listen on 127.0.0.1 (port, bind), got',
    ],
    ['/run/redis.sock', 'a host: unix sockets are not supported'],
    ['redis+socket:///run/redis.sock', 'a host: unix sockets are not supported'],
    ['redis:///0', 'a host, got ********'],
    ['redis://me:s3cret@:6379', 'a host, got ********'],
    ['redis://:s3cret', 'a host; a port from 1 to 65535, got ********'],
    ['redis://r:70000', 'a port from 1 to 65535, got redis://r:********'],
    ['redis://me:s3cret@r:0/1', 'a port from 1 to 65535, got redis://me:********@r:0/1'],
    ['redis://me:s3cret@r:x', 'a port from 1 to 65535, got redis://me:********@r:x'],
    ['redis://a b/0', 'a host name or an address as the host, got ********'],
    ['redis://a,b:7000', 'one host (Sentinels are set by REDIS_SENTINELS), got ********'],
    ['redis://r/name', 'a number as the database behind the host, got redis://r/name'],
    ['redis://r/-1', 'a number as the database behind the host, got redis://r/-1'],
    ['redis://r:0/x', 'a port from 1 to 65535; a number as the database behind the host, got'],
    ['redis://:s3c/ret@r', 'special characters in the password as %XX (/ ? # % as %2F'],
    ['redis://:s3c#ret@r', 'special characters in the password as %XX'],
    [
      'redis://:100%@r',
      'special characters in the password as %XX (/ ? # % as %2F %3F %23 %25), got redis://:********@r',
    ],
    [
      'redis://:s3cret@r/0#x',
      'nothing behind the database (# in a password is %23), got redis://:********@r/0',
    ],
    [
      'redis://r?keyPrefix=x',
      'no parameter keyPrefix: a prefix is set by --prefix (SCHEDULER_PREFIX), got redis://r?keyPrefix',
    ],
    [
      'redis://r?password=s3cret&family=6',
      'no parameter password: a password stands before the host',
    ],
    [
      'redis://r?password=s3cret&family=6',
      '; no parameter family, it is not supported, got redis://r?password&family',
    ],
    ['redis://r?db=3', 'no parameter db: the database is a number behind the host, redis://host/2'],
  ])('%j is refused by its part', (REDIS_URL, said) => {
    const [problem, ...others] = problems({ env: { REDIS_URL } })
    expect(problem).toMatch(/^REDIS_URL: expected /)
    expect(problem).toContain(said)
    expect(problem).not.toMatch(/s3c|ret@/)
    expect(others).toEqual([])
  })

  it('with a user alone is doubted: the colon may be missing', () => {
    expect(resolve({ env: { REDIS_URL: 'redis://s3cret@r' } }).warnings).toEqual([
      'REDIS_URL: a user without a password; a password alone has a colon before it, redis://:password@host',
    ])
  })
})
