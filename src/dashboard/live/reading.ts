import type { Schedule } from '../../jobs.ts'
import { declaredSchedules } from '../../ledger/declared.ts'
import { type Disagreement, disagreements } from '../../ledger/disagreements.ts'
import { type Flight, flightOf } from '../../ledger/flight.ts'
import type { Keys } from '../../ledger/keys.ts'
import { type Pause, pauses } from '../../ledger/pauses.ts'
import { VERDICTS } from '../../ledger/run.ts'
import { type Presence, presences } from '../../presence.ts'
import type { Redis } from '../../redis.ts'
import type { BooksView } from '../views.ts'
import { garbageAs, repliesTo } from './replies.ts'

/** Everything but runs, as it stood in Redis at one moment. */
export interface Reading {
  schedules: Schedule[]
  /** By schedule or engine. */
  paused: ReadonlyMap<string, Pause>
  processes: Presence[]
  disagreements: Disagreement[]
  /** By schedule. */
  flights: Map<string, Flight>
  books: ReadonlyMap<string, BooksView>
}

/** Commands per schedule: two of a reading, and two of whoever follows what its books close. */
export const COMMANDS = 4
/** Schedules asked for at a time. */
const BATCH = 100
const BOOKS = ['since', 'closed', 'due', ...VERDICTS] as const

/** Two commands per schedule, two more for each that somebody holds, and five. */
export async function takeReading(redis: Redis, keys: Keys): Promise<Reading> {
  const [declared, paused, processes] = await Promise.all([
    declaredSchedules(redis, keys).catch(garbageAs(new Map())),
    pauses(redis, keys).catch(garbageAs(new Map())),
    presences(redis, keys).catch(garbageAs([])),
  ])
  const schedules = [...declared.values()].map(({ schedule }) => schedule)
  const disagreeing = await disagreements(redis, keys, { present: processes, declared }).catch(
    garbageAs([]),
  )
  const flights = new Map<string, Flight>()
  const books = new Map<string, BooksView>()
  for (let index = 0; index < schedules.length; index += BATCH) {
    const ids = schedules.slice(index, index + BATCH).map(({ id }) => id)
    await readBatch({ redis, keys, ids, flights, books })
  }
  return { schedules, paused, processes, disagreements: disagreeing, flights, books }
}

interface Batch {
  redis: Redis
  keys: Keys
  ids: readonly string[]
  flights: Map<string, Flight>
  books: Map<string, BooksView>
}

async function readBatch({ redis, keys, ids, flights, books }: Batch): Promise<void> {
  const commands = redis.pipeline()
  for (const id of ids) commands.hgetall(keys.lease(id)).hmget(keys.books(id), ...BOOKS)
  const replies = await repliesTo(commands)
  const held: { id: string; lease: Record<string, string> }[] = []
  for (const [index, id] of ids.entries()) {
    const lease = (replies[2 * index] ?? {}) as Record<string, string>
    if (lease.token !== undefined) held.push({ id, lease })
    books.set(id, booksOf((replies[2 * index + 1] ?? []) as (string | null)[]))
  }
  if (held.length === 0) return
  const more = redis.pipeline()
  for (const { id, lease } of held) {
    more.pttl(keys.lease(id)).hmget(keys.sent(id), `${lease.key}`, `m${lease.key}`)
  }
  const found = await repliesTo(more)
  for (const [index, { id, lease }] of held.entries()) {
    const left = Number(found[2 * index] ?? -1)
    const [slot, manual] = (found[2 * index + 1] ?? []) as (string | null)[]
    const marks = { [`${lease.key}`]: slot ?? undefined, [`m${lease.key}`]: manual ?? undefined }
    const flight = flightOf(lease, left, marks)
    if (flight !== null) flights.set(id, flight)
  }
}

function booksOf([since, closed, due, ...sums]: readonly (string | null)[]): BooksView {
  const verdicts = VERDICTS.map((verdict, index) => [verdict, numberOf(sums[index]) ?? 0] as const)
  return {
    since: numberOf(since) ?? numberOf(closed),
    closed: numberOf(closed),
    due: numberOf(due) ?? 0,
    verdicts: Object.fromEntries(verdicts),
  }
}

function numberOf(text: string | null | undefined): number | null {
  const number = Number(text ?? Number.NaN)
  return Number.isFinite(number) ? number : null
}
