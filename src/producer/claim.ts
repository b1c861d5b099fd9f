import type { Schedule } from '../jobs.ts'
import { intentOf, intents } from '../ledger/intents.ts'
import type { Keys } from '../ledger/keys.ts'
import { nameOf } from '../process-name.ts'
import { defineScript, type Redis } from '../redis.ts'
import { CLAIM } from './declare-scripts.ts'

/** Who wants to declare. */
export interface Claimant {
  redis: Redis
  keys: Keys
  /** Its id, and as of when it declares (epoch ms): the newest declaration wins. */
  by: string
  at: number
  /** Since when it runs, epoch ms, where that is another moment. */
  since?: number
  /** Attempts per run; undefined leaves it to each producer. */
  attempts: number | undefined
  /** Without asking the others that live. */
  force?: boolean
  /** It ends when it has declared: nobody is to ask for its consent. */
  passing?: boolean
}

/** What became of an intent to declare. */
export type Outcome =
  | { how: 'declared' }
  /** A later declaration of somebody else stands. */
  | { how: 'superseded' }
  | Refusal

export interface Refusal {
  how: 'refused'
  /** Schedules would go that others declare, or what others replaced would come back. */
  why: 'removes' | 'returns'
  /** The names of those others. */
  producers: string[]
  /** The schedules that only they declare. */
  going: string[]
  /** Of what was declared then. */
  print: string
}

/** `free` is an answer to `ask` alone: nobody stands against it. */
export type Claimed = Outcome | { how: 'free'; print: string }

/** Asks to declare `schedules`, in one atomic step; `ask` only asks. */
export async function claim(
  { redis, keys, by, at, since = at, attempts, force = false, passing = false }: Claimant,
  schedules: readonly Schedule[],
  ask = false,
): Promise<Claimed> {
  const enter = defineScript(redis, 'hftClaim', CLAIM)
  const intent = intentOf(since, schedules, attempts)
  const [how, print = '', ...producers] = (await enter(
    [keys.declaration, keys.schedules, keys.intents, keys.processes],
    ...[at, by, intent.print, ask || passing ? '' : JSON.stringify(intent)],
    ask ? 'ask' : force ? 'force' : '',
    ...schedules.map(({ id }) => id),
  )) as [string, ...string[]]
  if (how === 'claimed') return { how: 'declared' }
  if (how === 'superseded') return { how }
  if (how === 'free') return { how, print }
  const wanted = new Set(schedules.map(({ id }) => id))
  const others = await intents(redis, keys)
  const theirs = producers.flatMap(id => others.get(id)?.schedules.map(({ id }) => id) ?? [])
  const going = [...new Set(theirs)].filter(id => !wanted.has(id)).sort()
  const why = how as Refusal['why']
  return { how: 'refused', why, producers: producers.map(nameOf), going, print }
}

/** Why a producer was refused, as a part of a sentence. */
export function wordsOf({ why, producers, going }: Refusal): string {
  const who = producers.join(', ')
  return why === 'removes'
    ? `this would remove ${going.join(', ')}, still declared by ${who}`
    : `this would bring back settings that ${who} replaced`
}
