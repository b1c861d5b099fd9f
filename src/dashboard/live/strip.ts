import type { Keys } from '../../ledger/keys.ts'
import { parseRun } from '../../ledger/ledger.ts'
import { type Recent, recentOf } from '../../ledger/recent.ts'
import type { Run } from '../../ledger/run.ts'
import type { Redis } from '../../redis.ts'
import type { Cell, EngineView } from '../views.ts'
import { repliesTo } from './replies.ts'

/** Cells of all schedules together, so that many schedules do not make a page heavy. */
const ROOM = 12_000
/** Schedules asked for at a time. */
const BATCH = 50

/** How many cells each of so many schedules may have. */
export function roomFor(schedules: number): number {
  return Math.min(120, Math.max(20, Math.floor(ROOM / Math.max(1, schedules))))
}

/** The newest slots and calls by hand of schedules, as many of each as have room. */
export async function readRuns(
  redis: Redis,
  keys: Keys,
  ids: readonly string[],
  room = roomFor(ids.length),
): Promise<Run[]> {
  const runs: Run[] = []
  for (let index = 0; index < ids.length; index += BATCH) {
    const commands = redis.pipeline()
    for (const id of ids.slice(index, index + BATCH)) {
      commands.zrevrange(keys.runs(id), 0, room - 1).zrevrange(keys.manual(id), 0, room - 1)
    }
    const replies = (await repliesTo(commands)) as (string[] | null)[]
    runs.push(...replies.flatMap(members => (members ?? []).flatMap(parseRun)))
  }
  return runs
}

interface Entry {
  /** What the entries are in order of: the slot, or when a call by hand ended. */
  key: number
  /** Tells it from the others. */
  name: string
  cell: Cell
  attempts: number
}

/** The newest runs of one schedule, each once, and what they say together. */
export class Strip {
  #entries: Entry[] = []
  #recent: Recent | null = null
  #engine: Pick<EngineView, 'state' | 'stateAt'> = { state: 'unknown', stateAt: null }

  /** How its engine was when it last answered. */
  get engine(): Pick<EngineView, 'state' | 'stateAt'> {
    return this.#engine
  }

  /** Oldest first. */
  get cells(): Cell[] {
    return this.#entries.map(({ cell }) => cell)
  }

  /** How the newest slot ended. */
  get last(): Cell | null {
    return this.#entries.findLast(({ cell }) => cell.manual !== true)?.cell ?? null
  }

  /** Of the slots; calls by hand are none. */
  get recent(): Recent {
    this.#recent ??= recentOf(
      this.#entries
        .filter(({ cell }) => cell.manual !== true)
        .map(({ cell, attempts }) => ({ ...cell, attempts })),
    )
    return this.#recent
  }

  /** Adds a run and drops the oldest when there are more than `room`. False when it is there already. */
  add(run: Run, room: number): boolean {
    const entry = entryOf(run)
    let index = this.#entries.length
    while (index > 0 && (this.#entries[index - 1] as Entry).key > entry.key) index--
    for (let before = index - 1; this.#entries[before]?.key === entry.key; before--) {
      if (this.#entries[before]?.name === entry.name) return false
    }
    this.#entries.splice(index, 0, entry)
    if (this.#entries.length > room) this.#entries.splice(0, this.#entries.length - room)
    this.#recent = null
    this.#hear(run)
    return true
  }

  #hear({ verdict, at }: Run): void {
    if (verdict !== 'succeeded' && verdict !== 'engine-stopped') return
    if (at < (this.#engine.stateAt ?? 0)) return
    const state = verdict === 'succeeded' ? 'running' : 'stopped'
    this.#engine = { state, stateAt: at }
  }
}

function entryOf(run: Run): Entry {
  const { slot, verdict, reason, latenessMs, durationMs, at } = run
  const { manual, asked, count, to, request } = run
  return {
    key: slot ?? at,
    attempts: run.attempts,
    name: slot === null ? `m${request ?? at}` : String(slot),
    cell: {
      ...{ slot, verdict, reason, latenessMs, durationMs, at },
      ...(manual === undefined ? {} : { manual }),
      ...(asked === undefined ? {} : { asked }),
      ...(count === undefined ? {} : { count }),
      ...(to === undefined ? {} : { to }),
    },
  }
}
