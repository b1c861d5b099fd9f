import type { Events } from '../events.ts'
import type { Declared } from '../ledger/declared.ts'
import { countDue, type Epoch } from '../ledger/epochs.ts'
import type { Keys } from '../ledger/keys.ts'
import { presences } from '../presence.ts'
import { answers, defineScript, type Redis, type Script, timeOf } from '../redis.ts'
import { AHEAD, isAhead } from '../set-back.ts'
import { shifted } from '../ticks.ts'
import { runOf } from './closing-run.ts'
import { HEADSTART, keptOf } from './declare.ts'
import type { Memory } from './memory.ts'
import { REWIND } from './rewind-script.ts'
import { settle } from './settlement.ts'
import { bookOf } from './standing.ts'

export interface RewindOptions {
  redis: Redis
  keys: Keys
  events: Events
  memory: Memory
  /** Runs per schedule that are kept aside. */
  keep: number
  /** BullMQ's key that keeps others from looking for workers that are gone. */
  stalledCheck: string
}

/** Schedules looked at in one round trip. */
const BATCH = 100

/** What was declared before the clock was set back counts as this old, ms: who starts now declares later. */
const AGE = 60_000

/** A schedule whose books are ahead of now, and up to where, epoch ms. */
interface Ahead {
  declared: Declared
  reached: number
}

/**
 * Puts the books right after the clock was set back: nothing would be called until the time that
 * they stand at is reached once more. Both clocks, Redis's and ours, must be behind what stands in
 * Redis: if only one is, that one is wrong.
 */
export class Rewind {
  readonly #options: RewindOptions
  readonly #script: Script
  /** Schedules with runs ahead of now at the last look. */
  #suspected: ReadonlySet<string> = new Set()
  #ahead = 0

  constructor(options: RewindOptions) {
    this.#options = options
    this.#script = defineScript(options.redis, 'hftRewind', REWIND)
  }

  /** By how many ms the books are ahead of now and could not be put right yet; 0 for nothing. */
  get ahead(): number {
    return this.#ahead
  }

  /** Resolves to whether any books were ahead. */
  async act(declared: readonly Declared[]): Promise<boolean> {
    const { redis, events } = this.#options
    const now = Math.max(Date.now(), timeOf(await redis.time()))
    const found: Ahead[] = []
    for (let index = 0; index < declared.length; index += BATCH) {
      found.push(...(await this.#look(declared.slice(index, index + BATCH), now)))
    }
    const [first] = found
    if (first === undefined) {
      this.#ahead = 0
      return false
    }
    const from = Math.max(...found.map(({ reached }) => reached))
    if (this.#ahead === 0) events.emit('clock-set-back', { from, to: now, schedules: found.length })
    this.#ahead = from - now
    // Redis keeps its end as a time of day: nobody would look for stalled ticks before it.
    await redis.del(this.#options.stalledCheck)
    const done = await Promise.all(found.map(it => this.#rewind(it, now)))
    if (done.every(Boolean)) this.#ahead = 0
    return true
  }

  async #look(declared: readonly Declared[], now: number): Promise<Ahead[]> {
    const { redis, keys } = this.#options
    const reading = redis.pipeline()
    for (const { schedule } of declared) {
      reading.hget(keys.books(schedule.id), 'closed')
      reading.zrevrange(keys.runs(schedule.id), 0, 0, 'WITHSCORES')
    }
    const replies = await answers<string | string[] | null>(reading)
    const all = declared.map((one, index) => ({
      ...{ declared: one, closed: Number(replies[2 * index] ?? 0) },
      newest: Number(replies[2 * index + 1]?.[1] ?? 0),
    }))
    const ahead = (at: number, { schedule }: Declared) => isAhead(at, schedule.lead, now)
    const suspects = all.filter(it => ahead(it.newest, it.declared))
    const confirmed = suspects.length > 0 && !(await this.#isSomebodyAhead())
    const before = this.#suspected
    this.#suspected = new Set(confirmed ? suspects.map(it => it.declared.schedule.id) : [])
    return all
      .filter(it => {
        const { id } = it.declared.schedule
        return ahead(it.closed, it.declared) || (before.has(id) && this.#suspected.has(id))
      })
      .map(({ declared, closed, newest }) => ({ declared, reached: Math.max(closed, newest) }))
  }

  /** Slots ahead of now are also what a worker with a wrong clock calls. */
  async #isSomebodyAhead(): Promise<boolean> {
    const all = await presences(this.#options.redis, this.#options.keys)
    return all.some(({ clock = 0 }) => clock > AHEAD)
  }

  /** False where something changed meanwhile: the next round decides again. */
  async #rewind({ declared, reached: newest }: Ahead, now: number): Promise<boolean> {
    const { redis, keys, events, memory, keep } = this.#options
    const { schedule } = declared
    const { id } = schedule
    const [entry, fields, sent] = await Promise.all([
      redis.hget(keys.schedules, id),
      redis.hmget(keys.books(id), 'epochs', 'closed', 'shift', 'reached'),
      redis.hgetall(keys.sent(id)),
    ])
    const [epochs, closed, shift, before] = fields
    const book = bookOf(epochs, closed)
    if (book === null || entry === null) return true
    const marked = Object.keys(sent).map(Number).filter(Number.isFinite)
    const reached = Math.max(newest, ...marked)
    const base = Math.max(book.closed, now)
    const found = await redis.zrangebyscore(keys.runs(id), `(${base}`, reached, 'WITHSCORES')
    const recorded = found.filter((_, index) => index % 2 === 1).map(Number)
    const known = [...recorded, ...marked].sort((a, b) => a - b)
    const closings = silent(book.epochs, base, reached, known)
    // Names of slots must not come twice: while those of an earlier stretch may, this is another grid.
    const next = shifted(schedule, Number(before ?? 0) > now ? Number(shift ?? 0) + 1 : 1)
    const from = now + schedule.lead + HEADSTART
    const closedNow = Math.min(book.closed, from)
    const carried = (await this.#script(
      [
        ...[keys.schedules, keys.declaration, keys.books(id), keys.runs(id), keys.sent(id)],
        keys.ahead(id),
      ],
      ...[
        id,
        entry,
        JSON.stringify({ ...declared, schedule: next, at: Math.min(declared.at, now - AGE) }),
        epochs ?? '',
        closed ?? '',
      ],
      ...[
        Object.keys(sent).join(' '),
        JSON.stringify(behind(book.epochs, closedNow, now, from, next.grid)),
      ],
      ...[next.revision, from, closedNow, countDue(book.epochs, base, reached)],
      ...[next.grid.shift ?? 0, Math.max(reached, Number(before ?? 0)), now, keep, now - AGE],
      ...closings.flatMap(closing => [
        ...[closing.from, closing.to, closing.verdict, closing.count],
        JSON.stringify(runOf(schedule, closing, now)),
      ]),
    )) as number
    if (carried < 0) return false
    memory.noteClosed(id, closedNow)
    const count = closings.reduce((sum, closing) => sum + closing.count, 0)
    const [first] = closings
    if (first !== undefined) {
      const to = Math.max(...closings.map(closing => closing.to))
      events.emit('closed', { schedule: id, from: first.from, to, count, verdict: 'missed' })
    }
    return true
  }
}

/** What nobody ran in (after, upTo], of which `known` have ended or are under way. */
function silent(epochs: readonly Epoch[], after: number, upTo: number, known: readonly number[]) {
  const closings = []
  for (let closed = after; ; ) {
    const standing = { epochs, closed, recorded: known, marks: new Map(), holding: null, lost: 0 }
    const step = settle(standing, upTo, () => true)
    closings.push(...step.closings)
    if (step.closed >= upTo || step.closed === closed) return closings
    closed = step.closed
  }
}

/** The epochs up to `now`, and a new one. */
function behind(
  epochs: readonly Epoch[],
  closed: number,
  now: number,
  from: number,
  grid: Epoch['grid'],
): Epoch[] {
  const ended = epochs.map(epoch => ({ ...epoch, to: Math.min(epoch.to ?? now, now) }))
  return [...keptOf(ended, closed), { from, to: null, grid }]
}
