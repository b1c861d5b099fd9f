import { expect, it } from 'vitest'
import { isOfRedis, redisSentence } from '../src/redis-errors.ts'

/** As Redis says it, and what a user is told to do. */
const SAID = [
  ['NOAUTH Authentication required.', 'REDIS_URL'],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'ACL LIST'],
  ["NOPERM User app has no permissions to run the 'info' command", 'docs/operations.md'],
  [
    "ERR The user executing the script can't run this command or subcommand script: 47a45bc46eebbe7eeafa81ef81daaf61623f7e78, on @user_script:1.",
    'docs/operations.md',
  ],
  ['ERR ACL failure in script: No permissions to access a channel', 'docs/operations.md'],
  ['LOADING Redis is loading the dataset in memory', 'wait'],
  ['MISCONF Redis is configured to save RDB snapshots, but …', 'disk'],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'maxmemory'],
  ["READONLY You can't write against a read only replica.", 'REDIS_SENTINELS'],
  ['NOREPLICAS Not enough good replicas to write.', 'min-replicas-to-write'],
  ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'master'],
  ['CLUSTERDOWN Hash slot not served', 'without cluster mode'],
  ['MOVED 1234 127.0.0.1:7002', 'point REDIS_URL at the node'],
  [
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
    'SCRIPT KILL',
  ],
  ["ERR unknown command 'XADD', with args beginning with: ", '6.2'],
  ['ERR max number of clients reached', 'maxclients'],
  ['DENIED Redis is running in protected mode', 'requirepass'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', '--prefix'],
  ['Protocol error, got "H" as reply type byte', 'host and port'],
] as const

it.each(SAID)('says what to do about: %s', (message, advice) => {
  const said = redisSentence(new Error(message))
  expect(said).toContain(advice)
  expect(said).not.toMatch(/\n|user_script/)
  expect(said.split('; ').length).toBeGreaterThan(1)
})

it('looks into a transaction, and behind what we have put before it', () => {
  const first = new Error("NOPERM this user has no permissions to run the 'xadd' command")
  const discarded = Object.assign(new Error('EXECABORT Transaction discarded because of …'), {
    previousErrors: [first],
  })
  expect(redisSentence(discarded)).toMatch(/^NOPERM .*'xadd' command; give this user/)
  const ours = new Error('default/get-stats: OOM x', { cause: new Error('OOM x') })
  expect(redisSentence(ours)).toMatch(
    /^default\/get-stats: OOM: its memory is used up .*; raise maxmemory/,
  )
})

it('tells errors of Redis from those of ours', () => {
  expect(isOfRedis(Object.assign(new Error('MOVED 1 h:1'), { name: 'ReplyError' }))).toBe(true)
  expect(isOfRedis(new Error('Connection is closed.'))).toBe(true)
  expect(isOfRedis(new TypeError('x is not a function'))).toBe(false)
  expect(redisSentence(new Error('something else'))).toBe('something else')
})
