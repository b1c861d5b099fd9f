import { ALL_OR_NOTHING } from '../all-or-nothing.ts'
import type { Keys } from '../ledger/keys.ts'
import { RECORD_NEEDS } from '../ledger/ledger.ts'
import { type Mark, markField } from '../ledger/mark.ts'
import { defineScript, type Redis, type Script } from '../redis.ts'

/** What the lease is asked for. `key` is the slot, or the time at which a call by hand was asked. */
export interface Claim {
  schedule: string
  engine: string
  key: number
  manual: boolean
  /** Identifies this claim and attempt, so that a command sent twice is harmless. */
  token: string
  worker: string
  /** Of the schedule in the job's data; a slot is due in its own declaration's time only. */
  revision: string
  /** May a mark or lease of a dead worker be passed over? Only for calls that move no money. */
  repeatable: boolean
  late: boolean
}

export type Admission =
  | { answer: 'admitted'; fence: number }
  /** The slot has its verdict. */
  | { answer: 'done' }
  /** It was sent before and its answer is not known: the books will settle it. */
  | { answer: 'sent' }
  | { answer: 'superseded' }
  /** Redis has lost the books, and with them perhaps the lease of a call under way. */
  | { answer: 'lost' }
  | { answer: 'paused' }
  | { answer: 'late' }
  /** Another call of the schedule is or may be in flight for `remaining` ms. */
  | { answer: 'busy'; remaining: number }

/**
 * One atomic step between a claim and its call. The order matters: a slot with a verdict or a mark
 * is never called again, whatever else holds. With the lease goes the slot's mark, so from here on
 * Redis knows that the call may be under way, whatever becomes of the worker or its connection: no
 * call leaves before this step has answered. A process counts as gone 10 s after its last sign of
 * life; only calls that may be repeated pass over a dead worker's lease.
 * Without books Redis has lost everything: whether a call is under way is known again once a
 * producer has declared anew, which leaves the workers time to put their leases back.
 * Where the lease alone was lost, the marks of other slots say as well that a call may be under way.
 * The fence never goes back, not even after the keys were lost: it is at least Redis's clock.
 * Who may not write the verdict afterwards is not admitted.
 */
const ADMIT = `${ALL_OR_NOTHING}
local lease, ledger, books, sent, paused, schedules, declaration, processes = unpack(KEYS)
local key, token, worker, revision = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local repeatable, late, manual = ARGV[5] == '1', ARGV[6] == '1', ARGV[7] == '1'
local schedule, engine, ms, own = ARGV[8], ARGV[9], tonumber(ARGV[10]), ARGV[11]
local field = manual and 'm' .. key or key
local refused = lacking({${RECORD_NEEDS}, {'HSET', lease, 'x', 'x', 'x'}, {'HSET', sent, 'x', 'x', 'x'}, {'PEXPIRE', lease, 'x'}})
if refused then return refused end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local book = redis.call('HMGET', books, 'closed', 'revision', 'from', 'fence', 'ended', 'quiet')
if redis.call('ZCOUNT', ledger, key, key) > 0 then return {'done'} end
if not manual and tonumber(key) <= (tonumber(book[1]) or -1) then return {'done'} end
local holder = redis.call('HMGET', lease, 'token', 'worker', 'fence')
if holder[1] == token then return {'admitted', holder[3]} end
local mark = redis.call('HGET', sent, field)
if not repeatable and (not book[1] or now < (tonumber(book[6]) or 0)) then return {'lost'} end
if mark and not repeatable and string.find(mark, '"state":"sent"', 1, true) then return {'sent'} end
if not manual then
  local slot = tonumber(key)
  if book[2] == revision and slot <= (tonumber(book[3]) or 0) then return {'superseded'} end
  if book[2] and book[2] ~= revision and slot > (tonumber(book[5]) or 0) then return {'superseded'} end
  if redis.call('EXISTS', declaration) == 1 and redis.call('HEXISTS', schedules, schedule) == 0 then
    return {'superseded'}
  end
  local pauses = redis.call('HMGET', paused, schedule, engine)
  if pauses[1] or pauses[2] then return {'paused'} end
end
if late then return {'late'} end
if holder[1] then
  local said = repeatable and redis.call('HGET', processes, 'worker:' .. (holder[2] or ''))
  local readable, presence = pcall(cjson.decode, said or '')
  local seen = readable and type(presence) == 'table' and tonumber(presence.seen) or 0
  if not repeatable or now - seen < 10000 then return {'busy', redis.call('PTTL', lease)} end
elseif not repeatable then
  for _, json in ipairs(redis.call('HVALS', sent)) do
    local readable, other = pcall(cjson.decode, json)
    local standing = readable and type(other) == 'table' and other.state == 'sent'
    local left = standing and (tonumber(other['until']) or 0) - now or 0
    if left > 0 then return {'busy', left} end
  end
end
local fence = math.max(now, (tonumber(book[4]) or 0) + 1)
redis.call('HSET', books, 'fence', string.format('%.0f', fence))
redis.call('DEL', lease)
redis.call('HSET', lease, 'token', token, 'worker', worker, 'key', key, 'fence', string.format('%.0f', fence))
redis.call('PEXPIRE', lease, ms)
if own ~= '' then redis.call('HSET', sent, field, own) end
return {'admitted', string.format('%.0f', fence)}
`

/** Gives the lease up if it is ours, and notes what became of the attempt; no mark, no attempt. */
const RELEASE = `${ALL_OR_NOTHING}
local refused = lacking({{'DEL', KEYS[1] .. ':'}, {'HDEL', KEYS[2], ''}, {'HSET', KEYS[2], 'x', 'x', 'x'}})
if refused then return refused end
redis.call('HGET', KEYS[2], ARGV[2])
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then redis.call('DEL', KEYS[1]) end
if ARGV[3] == '' then redis.call('HDEL', KEYS[2], ARGV[2]) else redis.call('HSET', KEYS[2], ARGV[2], ARGV[3]) end
`

/** Puts a lease and its mark back where both are gone; 1 if so. */
const RESTORE = `${ALL_OR_NOTHING}
local lease, sent = unpack(KEYS)
local token, worker, key, fence, ms, field, mark = unpack(ARGV)
local refused = lacking({{'HSET', lease, 'x', 'x', 'x'}, {'PEXPIRE', lease, 'x'}, {'HSET', sent, 'x', 'x', 'x'}})
if refused then return refused end
local marked = redis.call('HEXISTS', sent, field) == 1
if redis.call('EXISTS', lease) == 1 then return 0 end
redis.call('HSET', lease, 'token', token, 'worker', worker, 'key', key, 'fence', fence)
redis.call('PEXPIRE', lease, ms)
if mark ~= '' and not marked then redis.call('HSET', sent, field, mark) end
return 1
`

/** The right to have a call of one schedule in flight. */
export class Leases {
  readonly #keys: Keys
  readonly #admit: Script
  readonly #release: Script
  readonly #restore: Script

  constructor(options: { redis: Redis; keys: Keys }) {
    this.#keys = options.keys
    this.#admit = defineScript(options.redis, 'hftAdmit', ADMIT)
    this.#release = defineScript(options.redis, 'hftRelease', RELEASE)
    this.#restore = defineScript(options.redis, 'hftRestore', RESTORE)
  }

  /**
   * Asks for the lease for `ms` from now, and with it leaves `mark`; null when it is known that no
   * call will follow. Rejects only when Redis answers with an error.
   */
  async admit(claim: Claim, ms: number, mark: Mark | null): Promise<Admission> {
    const keys = this.#keys
    const reply = (await this.#admit(
      [
        keys.lease(claim.schedule),
        claim.manual ? keys.manual(claim.schedule) : keys.runs(claim.schedule),
        keys.books(claim.schedule),
        keys.sent(claim.schedule),
        keys.paused,
        keys.schedules,
        keys.declaration,
        keys.processes,
      ],
      claim.key,
      claim.token,
      claim.worker,
      claim.revision,
      claim.repeatable ? 1 : 0,
      claim.late ? 1 : 0,
      claim.manual ? 1 : 0,
      claim.schedule,
      claim.engine,
      Math.ceil(ms),
      mark === null ? '' : JSON.stringify(mark),
    )) as [Admission['answer'], (string | number)?]
    const [answer, value] = reply
    if (answer === 'admitted') return { answer, fence: Number(value) }
    if (answer === 'busy') return { answer, remaining: Number(value) }
    return { answer }
  }

  /** Puts the lease back for `ms`, should Redis have lost it; true if so. */
  async restore(claim: Claim, fence: number, ms: number, mark: Mark | null): Promise<boolean> {
    const { schedule, token, worker, key } = claim
    const restored = await this.#restore(
      [this.#keys.lease(schedule), this.#keys.sent(schedule)],
      token,
      worker,
      key,
      fence,
      Math.ceil(ms),
      markField(claim),
      mark === null ? '' : JSON.stringify(mark),
    )
    return restored === 1
  }

  /** Ends the lease; `mark` says that attempts were made and surely not executed, null that none was. */
  async release(claim: Claim, mark: Mark | null): Promise<void> {
    await this.#release(
      [this.#keys.lease(claim.schedule), this.#keys.sent(claim.schedule)],
      claim.token,
      markField(claim),
      mark === null ? '' : JSON.stringify(mark),
    )
  }
}
