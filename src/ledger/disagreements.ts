import { isDeepStrictEqual } from 'node:util'
import { isGone, type Present } from '../presence.ts'
import { nameOf } from '../process-name.ts'
import type { Redis } from '../redis.ts'
import { cadence } from '../slots.ts'
import { clock, span } from '../terminal.ts'
import type { Declared } from './declared.ts'
import { type Intent, intents } from './intents.ts'
import type { Keys } from './keys.ts'

/** A producer that lives, and whose settings declare something else than what counts. */
export interface Disagreement {
  id: string
  print: string
  /** Its name, and since when it runs, epoch ms. */
  producer: string
  since: number
  /** What its settings say and what counts, one of each. */
  differences: string[]
  /** Who declared what counts, when (epoch ms), and whether that producer lives. */
  counts: { by: string; at: number; alive: boolean }
  /** It was refused, and declares its own once no producer that lives stands against it. */
  waits: boolean
}

/** Which of the producers that are present disagree with what is declared; none where nothing is. */
export async function disagreements(
  redis: Redis,
  keys: Keys,
  { present, declared }: { present: readonly Present[]; declared: ReadonlyMap<string, Declared> },
): Promise<Disagreement[]> {
  const now = Date.now()
  const alive = present.filter(it => it.part === 'producer' && !isGone(it, now))
  const [wanted, [at, by]] = await Promise.all([
    intents(redis, keys),
    redis.hmget(keys.declaration, 'at', 'by'),
  ])
  if (at == null || declared.size === 0) return []
  const counts = {
    by: nameOf(by ?? ''),
    at: Number(at),
    alive: alive.some(({ id }) => id === by),
  }
  return alive.flatMap(({ id, name }) => {
    const intent = wanted.get(id)
    const differences = intent === undefined ? [] : differencesOf(intent, declared)
    if (intent === undefined || differences.length === 0) return []
    const { print, at: since, waits = false } = intent
    return [{ id, print, producer: name, since, differences, counts, waits }]
  })
}

/** The same in a sentence: who, since when, what, and what becomes of it. */
export function sentenceOf({ producer, since, differences, counts, waits }: Disagreement): string {
  const { by, at, alive } = counts
  const declared = `what ${by} ${alive ? '' : '(gone) '}declared at ${clock(at)}`
  const what = differences.join('; ')
  const then = waits
    ? 'it waits until no live producer stands against it (--force does not wait)'
    : `what ${by} declared counts; give all producers the same settings and restart them`
  return `producer ${producer} (since ${clock(since)}) disagrees with ${declared}: ${what}; ${then}`
}

function differencesOf(intent: Intent, declared: ReadonlyMap<string, Declared>): string[] {
  const wanted = new Set(intent.schedules.map(({ id }) => id))
  const own = intent.schedules.flatMap(({ id, grid, lead }) => {
    const standing = declared.get(id)
    if (standing === undefined) return [`${id} ${cadence(grid)}, which is not declared`]
    const { schedule, attempts } = standing
    // After the clock was set back it lies a moment later for a while.
    const { shift: _, ...own } = schedule.grid
    if (!isDeepStrictEqual(own, grid)) {
      return [`${id} ${differing(cadence(grid), cadence(own), grid, own)}`]
    }
    if (schedule.lead !== lead) return [`${id} lead ${span(lead)}, not ${span(schedule.lead)}`]
    if (intent.attempts === undefined || attempts === undefined) return []
    return intent.attempts === attempts
      ? []
      : [`${id} ${intent.attempts} attempts, not ${attempts}`]
  })
  const gone = [...declared.keys()].filter(id => !wanted.has(id)).map(id => `${id} not at all`)
  return [...own, ...gone]
}

/** Grids of the same interval differ in their phase. */
function differing(ours: string, theirs: string, own: object, standing: object): string {
  return ours === theirs
    ? `${JSON.stringify(own)}, not ${JSON.stringify(standing)}`
    : `${ours}, not ${theirs}`
}
