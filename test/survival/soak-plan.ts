/** Workers and producers of a soak. */
export const WORKERS = 3
export const PRODUCERS = 2

/** How long faults are injected before everything is healed and checked, ms. */
const ROUND = 50_000

interface KindOptions {
  /** How often, beside the others. */
  weight: number
  /** What it needs to itself while it lasts. */
  needs: readonly string[]
  /** How long it lasts, ms: at least, at most. 0 for what is done in a moment. */
  lasts: readonly [number, number]
  /** No tick can succeed while it lasts, so recovery counts from its end, not from its begin. */
  blocks?: boolean
  /** Choices within the kind. */
  variants?: number
}

const MOMENT = [0, 0] as const
const ENGINE = { weight: 1, needs: ['engine'], lasts: [300, 5000], blocks: true } as const
const REDIS = { needs: ['redis'], lasts: MOMENT } as const

/** What can be done to a deployment. `worker` and `producer` stand for one of them. */
export const KINDS = {
  'worker killed': { weight: 4, needs: ['worker'], lasts: [1000, 15_000] },
  'worker told to end': { weight: 3, needs: ['worker'], lasts: [500, 10_000] },
  'worker stopped': { weight: 4, needs: ['worker'], lasts: [500, 25_000] },
  'producer killed': { weight: 1.5, needs: ['producer'], lasts: [1000, 15_000] },
  'producer told to end': { weight: 1, needs: ['producer'], lasts: [500, 10_000] },
  'producer stopped': { weight: 1.5, needs: ['producer'], lasts: [500, 25_000] },
  'all workers down': {
    ...{ weight: 2, needs: ['all workers'], lasts: [2000, 20_000], blocks: true, variants: 3 },
  },
  'redis killed': { weight: 3, needs: ['redis'], lasts: [200, 6000], blocks: true },
  'redis stopped': { weight: 3, needs: ['redis'], lasts: [1000, 8000], blocks: true },
  'redis out of memory': { weight: 2, needs: ['redis'], lasts: [1000, 6000], blocks: true },
  'key deleted': { ...REDIS, weight: 6, variants: 12 },
  'queue paused': { ...REDIS, weight: 1 },
  'queue obliterated': { ...REDIS, weight: 1 },
  'queue drained': { ...REDIS, weight: 1 },
  'clients killed': { ...REDIS, weight: 2 },
  'scripts flushed': { ...REDIS, weight: 1 },
  // Planned apart: a loss of all that Redis knows is survived when nothing else is lost with it.
  'everything flushed': { ...REDIS, weight: 0 },
  'engine hangs': ENGINE,
  'engine resets': ENGINE,
  'engine answers 503': ENGINE,
  'engine answers 429': ENGINE,
  'engine answers 500': ENGINE,
  'engine drips': ENGINE,
  'engine cuts off': ENGINE,
  'engine answers no JSON': ENGINE,
  'engine stopped': ENGINE,
  'engine gone': { ...ENGINE, weight: 3, variants: 2 },
  'new secret': { weight: 2, needs: ['engine'], lasts: MOMENT },
} as const satisfies Record<string, KindOptions>
export type Kind = keyof typeof KINDS

export interface Fault {
  kind: Kind
  /** ms after the begin of its round. */
  at: number
  /** ms */
  lasts: number
  /** Which worker or producer, or which choice within the kind. */
  which: number
}

export type Random = () => number

/** Numbers in [0, 1) that the seed decides (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The faults of one round, oldest first; the same for the same seed and round. */
export function planRound(seed: number, round: number): Fault[] {
  const random = createRandom(seed * 1009 + round)
  const busyUntil = new Map<string, number>()
  const faults: Fault[] = []
  let at = between(random, 500, 2000)
  if (round % 3 === 2) {
    faults.push({ kind: 'everything flushed', at, lasts: 0, which: 0 })
    at += 8000
  }
  for (; at < ROUND - 2000; at += between(random, 2000, 8000)) {
    const kind = choose(random)
    const { lasts: range, ...options }: KindOptions = KINDS[kind]
    const [from, to] = choicesOf(kind, options.variants)
    const which = from + Math.floor(random() * (to - from))
    const lasts = Math.min(between(random, ...range), ROUND - at)
    const needs = options.needs.flatMap(need => partsOf(need, which))
    if (needs.some(need => (busyUntil.get(need) ?? 0) > at)) continue
    for (const need of needs) busyUntil.set(need, at + lasts + 200)
    faults.push({ kind, at, lasts, which })
  }
  return faults
}

export function between(random: Random, least: number, most: number): number {
  return Math.round(least + random() * (most - least))
}

function choose(random: Random): Kind {
  const kinds = Object.entries(KINDS) as [Kind, KindOptions][]
  let left = random() * kinds.reduce((sum, [, { weight }]) => sum + weight, 0)
  const found = kinds.find(([, { weight }]) => {
    left -= weight
    return left < 0
  })
  return found?.[0] ?? 'worker killed'
}

/**
 * The first worker is only ever stopped and continued, so that its memory can be watched from the
 * first minute to the last.
 */
function choicesOf(kind: Kind, variants = 1): [from: number, to: number] {
  if (kind.startsWith('worker ')) return [kind === 'worker stopped' ? 0 : 1, WORKERS]
  return [0, kind.startsWith('producer ') ? PRODUCERS : variants]
}

function partsOf(need: string, which: number): string[] {
  if (need === 'worker' || need === 'producer') return [`${need} ${which}`]
  if (need !== 'all workers') return [need]
  return Array.from({ length: WORKERS }, (_, worker) => `worker ${worker}`)
}
