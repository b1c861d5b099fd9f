import type { Config } from '../../config.ts'
import { pausesOf, upcoming } from '../../ledger/overview.ts'
import type { Run } from '../../ledger/run.ts'
import { named } from '../../namesakes.ts'
import { isGone } from '../../presence.ts'
import { address } from '../../redis.ts'
import type { RedisFacts } from '../../redis-facts.ts'
import { cadence } from '../../slots.ts'
import { warningsOf } from '../../warnings.ts'
import type { LiveEvents, OverviewView, ScheduleView } from '../views.ts'
import { enginesOf } from './engines.ts'
import { Rates } from './rates.ts'
import type { Reading } from './reading.ts'
import { roomFor, Strip } from './strip.ts'

const NOTHING: Reading = {
  schedules: [],
  paused: new Map(),
  disagreements: [],
  processes: [],
  flights: new Map(),
  books: new Map(),
}

/** What is known of the whole deployment, put together from readings and runs. */
export class Picture {
  /** Since when Redis has not answered, epoch ms. */
  lostSince: number | null = null
  /** Has Redis ever answered? */
  known = false
  readonly #config: Config
  readonly #version: string
  readonly #rates = new Rates()
  #facts: RedisFacts
  #reading = NOTHING
  #strips = new Map<string, Strip>()

  constructor({ config, version }: { config: Config; version: string }) {
    this.#config = config
    this.#version = version
    this.#facts = {
      address: address(config.redis.url),
      ...{ version: null, memoryBytes: null, aof: null, policy: null, hz: null },
    }
  }

  /** Cells per schedule. */
  get room(): number {
    return roomFor(this.#strips.size)
  }

  get ids(): string[] {
    return [...this.#strips.keys()]
  }

  has(schedule: string): boolean {
    return this.#strips.has(schedule)
  }

  /** What a reading found counts from now on. Returns the schedules whose runs are not known yet. */
  take(reading: Reading, facts: RedisFacts | null): string[] {
    this.#reading = reading
    this.#facts = facts ?? this.#facts
    this.#rates.take(reading.processes)
    const ids = reading.schedules.map(({ id }) => id)
    const fresh = ids.filter(id => !this.#strips.has(id))
    this.#strips = new Map(ids.map(id => [id, this.#strips.get(id) ?? new Strip()]))
    return fresh
  }

  /** Forgets the runs known so far for these. */
  renew(runs: readonly Run[]): void {
    this.#strips = new Map(this.ids.map(id => [id, new Strip()]))
    this.add(runs)
    this.known = true
    this.lostSince = null
  }

  /** Returns those of the runs that were not known yet. */
  add(runs: readonly Run[]): Run[] {
    const room = this.room
    const fresh = runs.filter(run => this.#strips.get(run.schedule)?.add(run, room))
    for (const run of fresh) this.#land(run)
    return fresh
  }

  view(): OverviewView {
    const { schedules, ...rest } = this.state()
    return {
      ...rest,
      schedules: schedules.map(it => ({ ...it, cells: this.#strip(it.id).cells })),
    }
  }

  state(): LiveEvents['state'] {
    const now = Date.now()
    const { schedules, paused, disagreements } = this.#reading
    const processes = this.#reading.processes.map(process => ({
      ...process,
      // While Redis is away nothing is heard of anybody.
      gone: isGone(process, this.lostSince ?? now),
      runsPerMinute: this.#rates.of(process),
    }))
    const shown = named(processes)
    const standing = schedules.map(schedule => ({
      schedule,
      paused: pausesOf(schedule, paused),
      last: this.#strip(schedule.id).last,
    }))
    const facts = this.#facts
    return {
      ...{ now, version: this.#version, write: this.#config.dashboard.write },
      ...{ prefix: this.#config.redis.prefix, redis: facts, lostSince: this.lostSince },
      engines: enginesOf({ schedules, paused, processes: shown, strip: id => this.#strip(id) }),
      schedules: standing.map(it => this.#schedule(it)),
      processes: shown,
      warnings: this.known
        ? warningsOf({ schedules: standing, processes, facts, disagreements })
        : [],
    }
  }

  #schedule({ schedule, paused }: Shown): Omit<ScheduleView, 'cells'> {
    const { id, engine, job, grid } = schedule
    const { flights, books } = this.#reading
    return {
      ...{ id, engine, job, cadence: cadence(grid) },
      interval: 'interval' in grid ? grid.interval : null,
      next: upcoming(schedule),
      flight: flights.get(id) ?? null,
      paused,
      ...this.#strip(id).recent,
      books: books.get(id) ?? { since: null, closed: null, due: 0, verdicts: {} },
    }
  }

  #strip(id: string): Strip {
    return this.#strips.get(id) ?? new Strip()
  }

  /** A call that has its verdict is over, before the next reading says so. */
  #land({ schedule, slot, asked, verdict }: Run): void {
    const { flights } = this.#reading
    const flight = flights.get(schedule)
    if (flight === undefined || flight.key !== (slot ?? asked)) return
    if (verdict === 'unknown') flights.set(schedule, { ...flight, since: null, settling: true })
    else flights.delete(schedule)
  }
}

interface Shown {
  schedule: Reading['schedules'][number]
  paused: ScheduleView['paused']
}
