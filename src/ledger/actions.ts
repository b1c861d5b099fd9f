import { z } from 'zod'
import { defineScript, type Redis } from '../redis.ts'
import type { Keys } from './keys.ts'

/** Something a person did that changes what is called, or tried to. */
export const Action = z.object({
  /** User name or address of the dashboard, or user@host of the command line. */
  by: z.string(),
  via: z.enum(['dashboard', 'command line', 'Bull Board']),
  /** `pause`, `resume`, `trigger`, or what Bull Board was asked for. */
  action: z.string(),
  /** A schedule, an engine, or what else it was done to. */
  target: z.string(),
  /** Empty where none was given. */
  reason: z.string(),
})
export type Action = z.infer<typeof Action>

/** An action as it stands in Redis; `at` in epoch ms, by Redis's clock. */
export interface Recorded extends Action {
  id: string
  at: number
}

/** About so many actions are kept. */
const KEEP = 10_000
/** Characters of each part. */
const LONGEST = 500

/**
 * No two actions recorded here share a millisecond, unless the clock went back by over a second:
 * calls by hand are filed under it.
 */
const RECORD = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local last = newest and tonumber(string.match(newest[1], '^%d+')) or 0
local at, id = now, '*'
if last - now <= 1000 then
  at = math.max(now, last + 1)
  id = string.format('%.0f-0', at)
end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], id, unpack(ARGV, 2))
return at
`

/** Writes down what somebody is about to do; resolves to when that was, epoch ms, a moment of its own. */
export async function recordAction(redis: Redis, keys: Keys, action: Action): Promise<number> {
  const act = defineScript(redis, 'hftAct', RECORD)
  return (await act([keys.actions], KEEP, ...fieldsOf(action))) as number
}

/** The same as arguments of XADD, for a MULTI: the action and what it changes, or neither. */
export function entryOf(action: Action): [string, string, number, string, ...string[]] {
  return ['MAXLEN', '~', KEEP, '*', ...fieldsOf(action)]
}

/** The newest `limit` actions before the one called `before` (an id), or of all; newest first. */
export async function actionsBefore(
  redis: Redis,
  keys: Keys,
  { before = null, limit }: { before?: string | null; limit: number },
): Promise<{ actions: Recorded[]; next: string | null }> {
  const newest = before === null ? '+' : `(${before}`
  const found = await redis.xrevrange(keys.actions, newest, '-', 'COUNT', limit + 1)
  const page = found.slice(0, limit)
  const next = found.length > limit ? (page.at(-1)?.[0] ?? null) : null
  return { actions: page.flatMap(([id, fields]) => parse(id, fields)), next }
}

/** All actions since `at` (epoch ms, by Redis's clock), oldest first. */
export async function actionsSince(redis: Redis, keys: Keys, at: number): Promise<Recorded[]> {
  const found = await redis.xrange(keys.actions, at, '+')
  return found.flatMap(([id, fields]) => parse(id, fields))
}

function fieldsOf({ by, via, action, target, reason }: Action): string[] {
  const fields = Object.entries({ by, via, action, target, reason })
  return fields.flatMap(([name, value]) => [name, [...value].slice(0, LONGEST).join('')])
}

/** Nothing where it is none (another version's, or garbage). */
function parse(id: string, fields: readonly string[]): Recorded[] {
  const named: Record<string, string> = {}
  for (let index = 0; index + 1 < fields.length; index += 2) {
    named[fields[index] as string] = fields[index + 1] as string
  }
  const { data } = Action.safeParse(named)
  return data === undefined ? [] : [{ id, at: Number(id.split('-')[0]), ...data }]
}
