import type { Events } from '../events.ts'
import type { Schedule } from '../jobs.ts'
import { type Declared, declaredSchedules } from '../ledger/declared.ts'
import { type Epoch, parseEpochs } from '../ledger/epochs.ts'
import type { Keys } from '../ledger/keys.ts'
import { defineScript, type Redis } from '../redis.ts'

/** From the declaration to the first slot that is due there must be time to place its tick, ms. */
const HEADSTART = 500
/** Epochs kept for looking back. */
const KEEP_EPOCHS = 20

/** Takes effect only if nobody declared later than `at`, and the epochs are still as they were read. */
const DECLARE = `
local schedules, declaration, books = unpack(KEYS)
local id, json, revision, from, ended, at, by, before, after = unpack(ARGV)
local newest = redis.call('HMGET', declaration, 'at', 'by')
if newest[1] and tonumber(newest[1]) > tonumber(at) then return 'superseded' end
if (redis.call('HGET', books, 'epochs') or '') ~= before then return 'changed' end
redis.call('HSET', declaration, 'at', at, 'by', by)
redis.call('HSET', schedules, id, json)
redis.call('HSET', books, 'epochs', after, 'revision', revision, 'from', from, 'ended', ended)
if redis.call('HSETNX', books, 'closed', from) == 1 then redis.call('HSET', books, 'since', from) end
return 'declared'
`

export interface Declaration {
  redis: Redis
  keys: Keys
  events: Events
  /** Who declares, and since when (epoch ms): the newest declaration wins. */
  by: string
  at: number
  /** How long the books of a removed schedule are kept, ms. */
  keepRemoved: number
}

/**
 * Makes the schedules in Redis equal to `schedules`, and opens their books. Safe to repeat, and from
 * several producers at once. Resolves to false when a later declaration of somebody else stands.
 */
export async function declare(options: Declaration, schedules: readonly Schedule[]) {
  const { redis, keys, events } = options
  const run = defineScript(redis, 'hftDeclare', DECLARE)
  const standing = await declaredSchedules(redis, keys)
  for (const schedule of schedules) {
    const { revision } = schedule
    const before = standing.get(schedule.id)
    let answer: unknown
    do {
      const epochs = (await redis.hget(keys.books(schedule.id), 'epochs')) ?? ''
      const unchanged = epochs !== '' && before?.schedule.revision === revision
      const from = Date.now() + schedule.lead + HEADSTART
      const next = unchanged ? parseEpochs(epochs) : append(epochs, schedule, from)
      answer = await run(
        [keys.schedules, keys.declaration, keys.books(schedule.id)],
        schedule.id,
        JSON.stringify({ schedule, by: options.by, at: options.at } satisfies Declared),
        revision,
        next.at(-1)?.from ?? from,
        next.at(-2)?.to ?? 0,
        options.at,
        options.by,
        epochs,
        unchanged ? epochs : JSON.stringify(next),
      )
    } while (answer === 'changed')
    if (answer === 'superseded') {
      const [at, by] = await redis.hmget(keys.declaration, 'at', 'by')
      events.emit('declaration-superseded', { by: by ?? '', at: Number(at) })
      return false
    }
    if (before?.schedule.revision === revision) continue
    for (const key of ownKeys(keys, schedule.id)) await redis.persist(key)
    events.emit('declared', {
      schedule: schedule.id,
      change: before === undefined ? 'added' : 'changed',
    })
  }
  const wanted = new Set(schedules.map(schedule => schedule.id))
  for (const id of standing.keys()) {
    if (!wanted.has(id)) await remove(options, id)
  }
  return true
}

async function remove({ redis, keys, events, keepRemoved }: Declaration, id: string) {
  const books = keys.books(id)
  const epochs = parseEpochs((await redis.hget(books, 'epochs')) ?? '')
  const last = epochs.at(-1)
  if (last !== undefined && last.to === null) last.to = Date.now()
  const commands = redis
    .multi()
    .hdel(keys.schedules, id)
    .hset(books, 'epochs', JSON.stringify(epochs))
  for (const key of ownKeys(keys, id)) commands.pexpire(key, keepRemoved)
  await commands.exec()
  events.emit('declared', { schedule: id, change: 'removed' })
}

function ownKeys(keys: Keys, id: string): string[] {
  return [keys.books(id), keys.runs(id), keys.manual(id), keys.sent(id)]
}

/** Ends the last epoch with the slots that are claimed already, and begins a new one. */
function append(before: string, { grid }: Schedule, from: number): Epoch[] {
  const epochs = parseEpochs(before)
  const last = epochs.at(-1)
  if (last !== undefined && last.to === null) last.to = Math.max(last.from, from - HEADSTART)
  return [...epochs, { from, to: null, grid }].slice(-KEEP_EPOCHS)
}
