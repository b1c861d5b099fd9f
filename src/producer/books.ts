import type { Events } from '../events.ts'
import type { Schedule } from '../jobs.ts'
import { parseEpochs } from '../ledger/epochs.ts'
import type { Keys } from '../ledger/keys.ts'
import type { Ledger, Retention } from '../ledger/ledger.ts'
import { Mark } from '../ledger/mark.ts'
import type { Run } from '../ledger/run.ts'
import { GONE_AFTER, presences } from '../presence.ts'
import { defineScript, type Redis, type Script } from '../redis.ts'
import { spacing } from '../slots.ts'
import { type Closing, type Standing, settle } from './settlement.ts'

/** Recorded slots that one step looks at; the rest follow in the next step. */
const STEP = 2000
/** After the moment at which nobody may start a slot any more, its worker has this long to say so, ms. */
const GRACE = 2000
/** A living worker that says nothing of a call for this long after its time has forgotten it, ms. */
const FORGOTTEN = 60_000

/**
 * Moves the watermark if it and the gaps are still as they were read; otherwise the next round
 * decides again. Only what the watermark has passed is trimmed, by count and by age.
 */
const CLOSE = `
local books, ledger, sent = unpack(KEYS)
local before, closed, due, keep, oldest = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
if redis.call('HGET', books, 'closed') ~= before then return 0 end
for i = 6, #ARGV, 5 do
  if redis.call('ZCOUNT', ledger, ARGV[i], ARGV[i + 1]) > 0 then return 0 end
end
for i = 6, #ARGV, 5 do
  redis.call('ZADD', ledger, ARGV[i], ARGV[i + 4])
  redis.call('HINCRBY', books, ARGV[i + 2], ARGV[i + 3])
  redis.call('HDEL', sent, ARGV[i])
end
redis.call('HSET', books, 'closed', closed)
redis.call('HINCRBY', books, 'due', due)
redis.call('ZREMRANGEBYSCORE', ledger, '-inf', '(' .. math.min(tonumber(oldest), tonumber(closed)))
local excess = redis.call('ZCARD', ledger) - keep
if excess > 0 then
  local passed = redis.call('ZCOUNT', ledger, '-inf', closed)
  redis.call('ZREMRANGEBYRANK', ledger, 0, math.min(excess, passed) - 1)
end
return 1
`

export interface BooksOptions {
  redis: Redis
  keys: Keys
  events: Events
  ledger: Ledger
  retention: Retention
  /** ms; as the workers have them. */
  maxLateness: number
  timeout: number
  settle: number
}

/** Closes the books: every slot that nobody ran, or that nobody will answer for, gets its verdict. */
export class Books {
  readonly #options: BooksOptions
  readonly #close: Script

  constructor(options: BooksOptions) {
    this.#options = options
    this.#close = defineScript(options.redis, 'hftClose', CLOSE)
  }

  /**
   * One round over `schedules`. Bounded work: a long outage is caught up within a few rounds. With
   * `patient`, every worker counts as alive: after an outage of Redis they speak first.
   */
  async close(schedules: readonly Schedule[], patient: boolean): Promise<void> {
    const { redis, keys, timeout, settle: settling } = this.#options
    const now = Date.now()
    const heard = patient ? [] : await presences(redis, keys)
    const fresh = heard.filter(({ part, seen }) => part === 'worker' && now - seen < GONE_AFTER)
    const alive = new Set(fresh.map(({ name }) => name))
    const isLost = (mark: Mark) => {
      const answers = patient || alive.has(mark.worker)
      return !answers || now > mark.at + timeout + settling + FORGOTTEN
    }
    for (const schedule of schedules) await this.#closeOne(schedule, now, isLost)
  }

  async #closeOne(schedule: Schedule, now: number, isLost: (mark: Mark) => boolean): Promise<void> {
    const { keys, maxLateness } = this.#options
    const standing = await this.#read(schedule.id, now)
    if (standing === null) return
    const distance = spacing(schedule.grid, standing.closed)
    const isOver = (mark: Mark, slot: number) =>
      mark.state === 'not-executed' ? now > slot + distance + GRACE : isLost(mark)
    await this.#settleManual(schedule, standing, now, isLost)
    const newest = now - Math.min(maxLateness, distance) - GRACE
    const full = standing.recorded.length === STEP
    const upTo = full ? Math.min(newest, standing.recorded.at(-1) ?? newest) : newest
    if (upTo <= standing.closed) return
    const { closed, due, closings } = settle(standing, upTo, isOver)
    if (closed === standing.closed) return
    const { retention } = this.#options
    const written = await this.#close(
      [keys.books(schedule.id), keys.runs(schedule.id), keys.sent(schedule.id)],
      standing.closed,
      closed,
      due,
      retention.runs,
      now - retention.runsAge,
      ...closings.flatMap(closing => [
        closing.from,
        closing.to,
        closing.verdict,
        closing.count,
        JSON.stringify(runOf(schedule, closing, now)),
      ]),
    )
    if (written === 1) this.#announce(schedule.id, closings)
  }

  /** A call by hand is no slot, but what became of it is written down all the same. */
  async #settleManual(
    schedule: Schedule,
    { manual, holding }: Read,
    at: number,
    isLost: (mark: Mark) => boolean,
  ): Promise<void> {
    for (const [key, mark] of manual) {
      if (key === holding || !isLost(mark)) continue
      const closing = { from: key, to: key, count: 1, verdict: 'unknown', mark } as const
      const run: Run = { ...runOf(schedule, closing, at), slot: null, manual: true }
      await this.#options.ledger.record({ run, key, release: null, stats: null })
    }
  }

  async #read(schedule: string, now: number): Promise<Read | null> {
    const { redis, keys } = this.#options
    const [epochs, closed] = await redis.hmget(keys.books(schedule), 'epochs', 'closed')
    if (epochs == null || closed == null) return null
    const after = Number(closed)
    const [found, marks, holder] = await Promise.all([
      redis.zrangebyscore(keys.runs(schedule), `(${after}`, now, 'WITHSCORES', 'LIMIT', 0, STEP),
      redis.hgetall(keys.sent(schedule)),
      redis.hget(keys.lease(schedule), 'key'),
    ])
    const recorded = found.filter((_, index) => index % 2 === 1).map(Number)
    return {
      epochs: parseEpochs(epochs),
      closed: after,
      recorded,
      marks: marksOf(marks, /^\d+$/),
      manual: marksOf(marks, /^m\d+$/),
      holding: holder == null ? null : Number(holder),
    }
  }

  #announce(schedule: string, closings: readonly Closing[]): void {
    for (const verdict of ['missed', 'unknown', 'failed'] as const) {
      const those = closings.filter(closing => closing.verdict === verdict)
      const [first] = those
      if (first === undefined) continue
      const count = those.reduce((sum, closing) => sum + closing.count, 0)
      const to = Math.max(...those.map(closing => closing.to))
      this.#options.events.emit('closed', { schedule, from: first.from, to, count, verdict })
    }
  }
}

/** What one round reads of a schedule; the marks of calls by hand are apart, they are no slots. */
interface Read extends Standing {
  manual: ReadonlyMap<number, Mark>
}

function marksOf(fields: Record<string, string>, which: RegExp): Map<number, Mark> {
  const those = Object.entries(fields).filter(([field]) => which.test(field))
  return new Map(those.map(([field, json]) => [Number(field.replace('m', '')), parseMark(json)]))
}

/** A mark that cannot be read says at least that somebody began: it counts as sent, by nobody alive. */
function parseMark(json: string): Mark {
  const unreadable: Mark = {
    state: 'sent',
    token: '',
    worker: '',
    attempts: 1,
    at: 0,
    reason: null,
    status: null,
  }
  try {
    return Mark.safeParse(JSON.parse(json)).data ?? unreadable
  } catch {
    return unreadable
  }
}

function runOf(schedule: Schedule, { from, to, count, verdict, mark }: Closing, at: number): Run {
  return {
    schedule: schedule.id,
    engine: schedule.engine,
    job: schedule.job,
    slot: from,
    verdict,
    reason:
      verdict === 'missed'
        ? 'not-run'
        : verdict === 'unknown'
          ? 'worker-lost'
          : (mark?.reason ?? null),
    latenessMs: null,
    durationMs: null,
    attempts: mark?.attempts ?? 0,
    status: mark?.status ?? null,
    worker: mark?.worker || null,
    at,
    ...(count > 1 ? { count, to } : {}),
  }
}
