import { ALL_OR_NOTHING } from '../all-or-nothing.ts'
import type { Events } from '../events.ts'
import type { Schedule } from '../jobs.ts'
import type { Keys } from '../ledger/keys.ts'
import type { Ledger, Retention } from '../ledger/ledger.ts'
import type { Mark } from '../ledger/mark.ts'
import type { Run } from '../ledger/run.ts'
import { GONE_AFTER, presences } from '../presence.ts'
import { nameOf } from '../process-name.ts'
import { defineScript, type Redis, type Script, timeOf } from '../redis.ts'
import { type Grid, nextSlot, slotAt } from '../slots.ts'
import type { Memory } from './memory.ts'
import { type Closing, settle } from './settlement.ts'
import { type Reading, readStanding, STEP } from './standing.ts'
import { inTurn } from './turns.ts'

/** After the moment at which nobody may start a slot any more, its worker has this long to say so, ms. */
const GRACE = 2000
/** A living worker that says nothing of a call for this long after its time has forgotten it, ms. */
const FORGOTTEN = 60_000

/**
 * Moves the watermark if it and the gaps are still as they were read; otherwise the next round
 * decides again. Only what the watermark has passed is trimmed, by count and by age.
 */
const CLOSE = `${ALL_OR_NOTHING}
local books, ledger, sent = unpack(KEYS)
local before, closed, due, keep, oldest = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local sums = {'due'}
for i = 6, #ARGV, 5 do table.insert(sums, ARGV[i + 2]) end
local refused = lacking({
  {'ZADD', ledger, 'x', 'x'}, {'ZCARD', ledger}, {'ZCOUNT', ledger, 0, 0}, {'ZREMRANGEBYSCORE', ledger, 'x', 'x'},
  {'ZREMRANGEBYRANK', ledger, 'x', 'x'}, {'HINCRBY', books, 'x', 'x'}, {'HSET', books, 'x', 'x', 'x'},
  {'HDEL', sent, ''},
}) or uncountable(books, sums)
if refused then return refused end
redis.call('ZCARD', ledger)
redis.call('HLEN', sent)
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
local passed = redis.call('ZCOUNT', ledger, '-inf', closed)
if excess > 0 and passed > 0 then
  redis.call('ZREMRANGEBYRANK', ledger, 0, math.min(excess, passed) - 1)
end
return 1
`

export interface BooksOptions {
  redis: Redis
  keys: Keys
  events: Events
  ledger: Ledger
  memory: Memory
  retention: Retention
  /** ms; as the workers have them. */
  maxLateness: number
  timeout: number
  settle: number
  /** Hears that one schedule is done. */
  stepped?: () => void
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
   * `patient`, every worker counts as alive: after an outage of Redis they speak first. Resolves to
   * the ids of those without books, which have to be declared again, and of those that have ended and
   * are closed for good.
   */
  async close(
    schedules: readonly Schedule[],
    patient: boolean,
  ): Promise<{ lost: string[]; ended: string[] }> {
    const { redis, keys, timeout, settle: settling } = this.#options
    // A clock that is ahead would close slots before they are due.
    const now = Math.min(Date.now(), timeOf(await redis.time()))
    const heard = patient ? [] : await presences(redis, keys)
    const fresh = heard.filter(({ part, seen }) => part === 'worker' && now - seen < GONE_AFTER)
    const alive = new Set(fresh.map(({ id }) => id))
    const isLost = (mark: Mark) => {
      const answers = patient || alive.has(mark.worker)
      return !answers || now > mark.at + timeout + settling + FORGOTTEN
    }
    const lost: string[] = []
    const ended: string[] = []
    await inTurn(
      schedules.map(schedule => ({ schedule })),
      async ({ schedule }) => {
        const reading = await readStanding(redis, keys, schedule.id, now)
        if (reading === null) return void lost.push(schedule.id)
        this.#options.memory.noteClosed(schedule.id, reading.closed)
        if (reading.epochs.every(({ to }) => (to ?? now) <= reading.closed)) ended.push(schedule.id)
        await this.#closeOne(schedule, reading, now, isLost)
      },
      this.#options.stepped,
    )
    return { lost, ended }
  }

  async #closeOne(
    schedule: Schedule,
    reading: Reading,
    now: number,
    isLost: (mark: Mark) => boolean,
  ): Promise<void> {
    const { redis, keys, retention } = this.#options
    if (reading.stale.length > 0) await redis.hdel(keys.sent(schedule.id), ...reading.stale)
    await this.#settleManual(schedule, reading, now, isLost)
    const epoch = reading.epochs.find(({ to }) => to === null || to > reading.closed)
    if (epoch === undefined) return
    const { grid, to } = epoch
    const isOver = (mark: Mark, slot: number) =>
      mark.state === 'not-executed' ? now > nextSlot(grid, slot) + GRACE : isLost(mark)
    const full = reading.recorded.length === STEP ? reading.recorded.at(-1) : undefined
    const upTo = Math.min(this.#over(grid, now), ...[to, full].map(end => end ?? now))
    if (upTo <= reading.closed) return
    const { closed, due, closings } = settle(reading, upTo, isOver)
    if (closed === reading.closed) return
    const written = await this.#close(
      [keys.books(schedule.id), keys.runs(schedule.id), keys.sent(schedule.id)],
      reading.closed,
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

  /** Up to here nobody may start a slot any more: it is too late for it, or the next one has come. */
  #over(grid: Grid, now: number): number {
    const at = now - GRACE
    return Math.max(at - this.#options.maxLateness, slotAt(grid, at) - 1)
  }

  /** A call by hand is no slot, but what became of it is written down all the same. */
  async #settleManual(
    schedule: Schedule,
    { manual, holding }: Reading,
    at: number,
    isLost: (mark: Mark) => boolean,
  ): Promise<void> {
    for (const [key, mark] of manual) {
      if (key === holding || !isLost(mark)) continue
      const closing = { from: key, to: key, count: 1, verdict: 'unknown', mark } as const
      const run: Run = { ...runOf(schedule, closing, at), slot: null, manual: true, asked: key }
      await this.#options.ledger.record({ run, key, release: null, stats: null })
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

function reasonOf(verdict: Closing['verdict'], mark: Mark | null): string | null {
  if (verdict === 'missed') return 'not-run'
  if (mark === null) return 'ledger-lost'
  return verdict === 'unknown' ? 'worker-lost' : mark.reason
}

function runOf(schedule: Schedule, { from, to, count, verdict, mark }: Closing, at: number): Run {
  return {
    schedule: schedule.id,
    engine: schedule.engine,
    job: schedule.job,
    slot: from,
    verdict,
    reason: reasonOf(verdict, mark),
    latenessMs: null,
    durationMs: null,
    attempts: mark?.attempts ?? 0,
    status: mark?.status ?? null,
    worker: mark === null || mark.worker === '' ? null : nameOf(mark.worker),
    at,
    ...(count > 1 ? { count, to } : {}),
  }
}
