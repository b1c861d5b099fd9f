import { ALL_OR_NOTHING } from '../all-or-nothing.ts'
import { defineScript, type Redis, type Script } from '../redis.ts'
import { isDenial, redisSentence } from '../redis-errors.ts'
import { recordedChannel } from './channel.ts'
import type { Keys } from './keys.ts'
import type { Lapses } from './lapses.ts'
import { markField } from './mark.ts'
import { Run, type Verdict } from './run.ts'

/** How much is kept: runs per schedule, points per engine; ages in ms. */
export interface Retention {
  readonly runs: number
  readonly runsAge: number
  readonly stats: number
  readonly statsAge: number
}

/** An engine's numbers as an answer carried them. */
export type Stats = Readonly<Record<string, string | number | boolean | null>>

export interface Entry {
  run: Run
  /** The slot, or the time at which a call by hand was asked. */
  key: number
  /** Of the lease to give up with the record; null keeps the lease until it expires. */
  release: string | null
  /** What the answer said, for the stats history. */
  stats: Stats | null
}

/** `second`: the slot has another verdict for good. `sent`: a call is under way, so `not called` is untrue. */
export type Recorded = 'recorded' | 'second' | 'sent'

const UNCALLED: ReadonlySet<Verdict> = new Set(['skipped', 'missed'])

/** What {@link ALL_OR_NOTHING} asks for before a verdict is written. */
export const RECORD_NEEDS = `
  {'ZADD', ledger, 'x', 'x'}, {'ZCARD', ledger}, {'ZRANGE', ledger, 0, 0},
  {'ZREMRANGEBYRANK', ledger, 'x', 'x'}, {'HINCRBY', books, 'x', 'x'},
  {'HSET', books, 'x', 'x', 'x'}, {'HDEL', sent, ''}, {'DEL', lease .. ':'}
`

/**
 * One verdict per slot: whoever writes second loses. Verdicts that claim that no call was made give
 * way to another worker's mark. The sums live beside the runs, so trimming loses detail and never
 * the books. The books trim; the hard limit here holds if no producer runs: dropped slots move the
 * watermark, so that nobody takes them for missed, but not past a call in flight. The verdict and
 * all that belongs to it is written whole or not at all; the numbers and the announcement come last,
 * and Redis may refuse them.
 */
const RECORD = `${ALL_OR_NOTHING}
local ledger, books, sent, lease, stats, recorded = unpack(KEYS)
local key, field, json, verdict, release = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local manual, uncalled, keep, keepStats = ARGV[6] == '1', ARGV[7] == '1', tonumber(ARGV[8]), ARGV[9]
local function begun(mark)
  local own = release ~= '' and string.find(mark, '"token":"' .. release .. '"', 1, true)
  return not own and string.find(mark, '"state":"sent"', 1, true)
end
local refused = lacking({${RECORD_NEEDS}}) or uncountable(books, {verdict})
if refused then return refused end
local answer = 'recorded'
local closed = tonumber(redis.call('HGET', books, 'closed') or '') or -1
local mark = redis.call('HGET', sent, field) or ''
local holder = redis.call('HMGET', lease, 'token', 'key')
if redis.call('ZCOUNT', ledger, key, key) > 0 or (not manual and tonumber(key) <= closed) then
  answer = 'second'
elseif uncalled and begun(mark) then
  answer = 'sent'
else
  redis.call('ZADD', ledger, key, json)
  if not manual then redis.call('HINCRBY', books, verdict, 1) end
  redis.call('HDEL', sent, field)
  if redis.call('ZCARD', ledger) > keep and not uncountable(books, {'due'}) then
    local oldest = tonumber(redis.call('ZRANGE', ledger, 0, 0, 'WITHSCORES')[2])
    local holding = tonumber(holder[2] or '') or closed
    if manual or oldest <= closed or holding <= closed or holding > oldest then
      redis.call('ZREMRANGEBYRANK', ledger, 0, 0)
      if not manual and closed >= 0 and oldest > closed then
        redis.call('HSET', books, 'closed', string.format('%.0f', oldest))
        redis.call('HINCRBY', books, 'due', 1)
      end
    end
  end
end
if release ~= '' and holder[1] == release then redis.call('DEL', lease) end
if answer ~= 'recorded' then return {answer} end
return {
  answer,
  attempt(function() redis.call('PUBLISH', recorded, json) end),
  attempt(function()
    if #ARGV > 9 then redis.call('XADD', stats, 'MAXLEN', '~', keepStats, '*', unpack(ARGV, 10)) end
  end),
}
`

/** So many runs the producers may leave open at least, however few are to be kept. */
const LEAST = 1000
/** Calls by hand that are kept per schedule. */
const KEEP_MANUAL = 1000

/** The verdicts in Redis, one per slot: a sorted set per schedule, by slot. */
export class Ledger {
  readonly #redis: Redis
  readonly #keys: Keys
  readonly #retention: Retention
  readonly #lapses: Lapses | undefined
  readonly #channel: string
  readonly #record: Script

  constructor(options: { redis: Redis; keys: Keys; retention: Retention; lapses?: Lapses }) {
    this.#redis = options.redis
    this.#lapses = options.lapses
    this.#channel = recordedChannel(options.redis, options.keys)
    this.#keys = options.keys
    this.#retention = options.retention
    this.#record = defineScript(options.redis, 'hftRecord', RECORD)
  }

  /** Writes a run's verdict. Rejects only when Redis answers with an error, and then wrote nothing. */
  async record({ run, key, release, stats }: Entry): Promise<Recorded> {
    const keys = this.#keys
    const manual = run.manual === true
    const [answer, ...refusals] = (await this.#record(
      [
        manual ? keys.manual(run.schedule) : keys.runs(run.schedule),
        keys.books(run.schedule),
        keys.sent(run.schedule),
        keys.lease(run.schedule),
        keys.stats(run.engine),
        this.#channel,
      ],
      key,
      markField({ key, manual }),
      JSON.stringify(run),
      run.verdict,
      release ?? '',
      manual ? 1 : 0,
      UNCALLED.has(run.verdict) ? 1 : 0,
      manual ? KEEP_MANUAL : Math.max(this.#retention.runs * 2, LEAST),
      this.#retention.stats,
      ...(stats === null ? [] : point(run, stats)),
    )) as [Recorded, string?, string?]
    if (answer === 'recorded') this.#note(refusals)
    return answer
  }

  #note([announcing = '', keeping = '']: (string | undefined)[]): void {
    const channel = this.#channel
    const denied = `no right to publish on channel ${channel}: allow this user of Redis +publish and &${channel}`
    const said = isDenial(announcing) ? denied : redisSentence(announcing)
    this.#lapses?.note('announce', announcing === '' ? null : said)
    this.#lapses?.note('stats', keeping === '' ? null : redisSentence(keeping))
  }

  /** The runs of a schedule with a slot in [from, to], newest first, at most `limit`. */
  async runs(schedule: string, from: number, to: number, limit: number): Promise<Run[]> {
    const [slots, manual] = await Promise.all([
      this.#redis.zrevrangebyscore(this.#keys.runs(schedule), to, from, 'LIMIT', 0, limit),
      this.#redis.zrevrangebyscore(this.#keys.manual(schedule), to, from, 'LIMIT', 0, limit),
    ])
    return [...slots, ...manual]
      .flatMap(parseRun)
      .sort((a, b) => (b.slot ?? b.at) - (a.slot ?? a.at))
      .slice(0, limit)
  }
}

/** A run as it stands in Redis; nothing where it is not one (another version's, or garbage). */
export function parseRun(json: string): Run[] {
  try {
    const parsed = Run.safeParse(JSON.parse(json))
    return parsed.success ? [parsed.data] : []
  } catch {
    return []
  }
}

function point(run: Run, stats: Stats): string[] {
  const fields = [['slot', String(run.slot ?? run.at)] as const, ['job', run.job] as const]
  const numbers = Object.entries(stats).map(
    ([name, value]) => [name, JSON.stringify(value)] as const,
  )
  return [...fields, ...numbers].flat()
}
