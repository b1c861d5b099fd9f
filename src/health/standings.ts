import type { Config } from '../config.ts'
import { doneWithin } from '../deadline.ts'
import { createEvents } from '../events.ts'
import type { Schedule } from '../jobs.ts'
import { type Audit, audit } from '../ledger/audit.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { type Keys, keysOf } from '../ledger/keys.ts'
import { parseRun } from '../ledger/ledger.ts'
import { upcoming } from '../ledger/overview.ts'
import type { Run } from '../ledger/run.ts'
import { createRedis, type Redis } from '../redis.ts'

/** How a schedule stands, as the health checks tell it; times in epoch ms. */
export interface Standing {
  id: string
  /** Null where its grid has no more. */
  nextSlot: number | null
  /** The slot of the newest run that succeeded; null when none of the last ones did. */
  lastSuccess: number | null
  lastVerdict: Run['verdict'] | null
  /** `due` is the sum of the others; null where nobody has closed the books for long. */
  books: (Pick<Audit, 'due' | 'running' | 'unaccounted'> & { accountedFor: number }) | null
}

export interface Standings {
  schedules: Standing[]
  /** How many more schedules there are. */
  leftOut: number
}

/** What was read is good for this long, ms. */
const FRESH = 2000
/** How long one who asks waits for Redis, ms. */
const PATIENCE = 1000
/** Schedules that are told, and read at a time. */
const MOST = 200
const BATCH = 20
/** Runs read in all: to find a success among the last ones, and to sum up what is open. */
const RUNS = 4000

/**
 * How the schedules stand in Redis, read over a connection of its own, which is opened when somebody
 * asks first: nothing that is in a hurry waits behind it.
 */
export class StandingsReader {
  readonly #config: Config
  #redis: Redis | undefined
  #reading: Promise<Standings | null> | undefined
  #again = 0

  constructor(config: Config) {
    this.#config = config
  }

  /** Null when Redis does not tell in time. */
  async read(): Promise<Standings | null> {
    if (this.#reading === undefined || performance.now() >= this.#again) {
      // The next one begins when this one is over, however long it takes.
      this.#again = Number.POSITIVE_INFINITY
      this.#reading = this.#read()
        .catch(() => null)
        .finally(() => {
          this.#again = performance.now() + FRESH
        })
    }
    return (await doneWithin(PATIENCE, this.#reading)) ? this.#reading : null
  }

  close(): void {
    this.#redis?.disconnect()
  }

  #read(): Promise<Standings> {
    const { redis } = this.#config
    // The parts announce outages; this connection has nothing to add.
    this.#redis ??= createRedis(redis, 'health', createEvents(), PATIENCE)
    return standings(this.#redis, keysOf(redis.prefix))
  }
}

async function standings(redis: Redis, keys: Keys): Promise<Standings> {
  const all = [...(await declaredSchedules(redis, keys)).values()].map(({ schedule }) => schedule)
  const told = all.slice(0, MOST)
  const runs = Math.ceil(RUNS / Math.max(told.length, BATCH))
  const schedules: Standing[] = []
  for (let index = 0; index < told.length; index += BATCH) {
    const batch = told.slice(index, index + BATCH)
    schedules.push(...(await Promise.all(batch.map(one => standing(redis, keys, one, runs)))))
  }
  return { schedules, leftOut: all.length - told.length }
}

async function standing(
  redis: Redis,
  keys: Keys,
  schedule: Schedule,
  runs: number,
): Promise<Standing> {
  const { id } = schedule
  const [members, closed] = await Promise.all([
    redis.zrevrange(keys.runs(id), 0, runs - 1),
    redis.hget(keys.books(id), 'closed'),
  ])
  const [last] = members.flatMap((json, index) => (index === 0 ? parseRun(json) : []))
  const succeeded = members.find(json => json.includes('"verdict":"succeeded"'))
  const [success] = succeeded === undefined ? [] : parseRun(succeeded)
  const open = closed === null ? 0 : await redis.zcount(keys.runs(id), `(${closed}`, '+inf')
  const sums = open > runs ? null : await audit(redis, keys, id)
  return {
    id,
    nextSlot: upcoming(schedule),
    lastSuccess: success?.verdict === 'succeeded' ? success.slot : null,
    lastVerdict: last?.verdict ?? null,
    books: sums === null ? null : booksOf(sums),
  }
}

function booksOf({ due, running, unaccounted }: Audit): Standing['books'] {
  return { due, accountedFor: due - running - unaccounted, running, unaccounted }
}
