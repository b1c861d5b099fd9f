import type { Events } from '../events.ts'
import type { Schedule } from '../jobs.ts'
import { type Declared, declaredSchedules, parseDeclared } from '../ledger/declared.ts'
import { type Epoch, parseEpochs } from '../ledger/epochs.ts'
import type { Keys } from '../ledger/keys.ts'
import { defineScript, type Script } from '../redis.ts'
import { AHEAD } from '../set-back.ts'
import { shifted } from '../ticks.ts'
import { type Claimant, claim, type Outcome } from './claim.ts'
import { DECLARE, REMOVE } from './declare-scripts.ts'
import { bookOf } from './standing.ts'

/** From the declaration to the first slot that is due there must be time to place its tick, ms. */
export const HEADSTART = 500
/** Epochs kept for looking back. */
const KEEP_EPOCHS = 20

export interface Declaration extends Claimant {
  events: Events
  /** How long the books of a removed schedule are kept, ms. */
  keepRemoved: number
  /** Up to where the books of a schedule were closed when they were last seen, epoch ms. */
  closedOf: (schedule: string) => number | undefined
  /** What was paused when it was last seen, as it stands in Redis. */
  paused: () => Readonly<Record<string, string>>
  /** Hears that one schedule is done. */
  stepped?: () => void
}

/**
 * Makes the schedules in Redis equal to `schedules`, and opens their books. Safe to repeat, and from
 * several producers at once. Changes nothing where others that live stand against it.
 */
export async function declare(
  options: Declaration,
  schedules: readonly Schedule[],
): Promise<Outcome> {
  const { redis, keys } = options
  const claimed = await claim(options, schedules)
  if (claimed.how !== 'declared') return claimed as Outcome
  const enter = defineScript(redis, 'hftDeclare', DECLARE)
  const remove = defineScript(redis, 'hftRemove', REMOVE)
  const wanted = new Set(schedules.map(schedule => schedule.id))
  const standing = await declaredSchedules(redis, keys)
  const superfluous = [...standing.keys()].filter(id => !wanted.has(id))
  const steps = [
    ...schedules.map(schedule => () => declareOne(options, enter, schedule)),
    ...superfluous.map(id => () => removeOne(options, remove, id)),
  ]
  for (const step of steps) {
    const entered = await step()
    options.stepped?.()
    if (!entered) return { how: 'superseded' }
  }
  return { how: 'declared' }
}

/** Opens the books of a schedule that stands declared, whoever declared it. */
export async function reopen(options: Declaration, { schedule, by, at, attempts }: Declared) {
  const enter = defineScript(options.redis, 'hftDeclare', DECLARE)
  await declareOne({ ...options, by, at, attempts }, enter, schedule)
}

async function declareOne(options: Declaration, enter: Script, wanted: Schedule) {
  const { redis, keys, events, by, at, attempts } = options
  const { id } = wanted
  const fields = ['epochs', 'closed', 'revision', 'shift', 'reached']
  for (;;) {
    const [json, [epochs = null, closed = null, known = null, shift, reached]] = await Promise.all([
      redis.hget(keys.schedules, id),
      redis.hmget(keys.books(id), ...fields),
    ])
    // In a stretch that the clock passes once more, slots have names of their own.
    const schedule = shifted(wanted, Number(reached ?? 0) > Date.now() ? Number(shift ?? 0) : 0)
    const { revision } = schedule
    const before = json === null ? null : parseDeclared(json)
    const book = bookOf(epochs, closed)
    const same = before?.schedule.revision === revision
    const now = Date.now()
    // Books that are gone go on where they were last seen: nobody knows how those slots ended.
    const last = book === null ? options.closedOf(id) : undefined
    const seen = last !== undefined && last > now + AHEAD ? undefined : last
    const from = seen ?? now + schedule.lead + HEADSTART
    // A declaration that was lost while its books stand is no new one: all of its slots stay due.
    const lasts =
      (same || (before === null && known === revision)) && book?.epochs.at(-1)?.to === null
    const next = lasts ? book.epochs : append(book, schedule, from)
    const answer = await enter(
      [keys.schedules, keys.declaration, keys.removed, keys.paused, ...ownKeys(keys, id)],
      ...[id, JSON.stringify({ schedule, by, at, attempts } satisfies Declared), revision],
      ...[next.at(-1)?.from ?? from, next.at(-2)?.to ?? 0, at, by, epochs ?? ''],
      ...[lasts ? (epochs ?? '') : JSON.stringify(next), book === null ? 1 : 0],
      seen === undefined ? 0 : now,
      ...Object.entries(options.paused()).flat(),
    )
    if (answer === 'changed') continue
    if (answer === 'superseded') return false
    if (!same) {
      events.emit('declared', { schedule: id, change: before === null ? 'added' : 'changed' })
    } else if (book === null) {
      events.emit('repaired', { schedule: id, what: 'its books were gone or could not be read' })
    }
    return true
  }
}

async function removeOne(options: Declaration, remove: Script, id: string) {
  const { redis, keys, events, by, at, keepRemoved } = options
  for (;;) {
    const epochs = (await redis.hget(keys.books(id), 'epochs')) ?? ''
    const ended = parseEpochs(epochs)
    const last = ended.at(-1)
    if (last !== undefined && last.to === null) last.to = Math.max(last.from, Date.now())
    const answer = await remove(
      [keys.schedules, keys.declaration, keys.removed, ...ownKeys(keys, id)],
      ...[id, at, by, epochs, JSON.stringify(ended), keepRemoved],
    )
    if (answer === 'changed') continue
    if (answer === 'removed') events.emit('declared', { schedule: id, change: 'removed' })
    return answer !== 'superseded'
  }
}

function ownKeys(keys: Keys, id: string): string[] {
  return [keys.books(id), keys.runs(id), keys.manual(id), keys.sent(id)]
}

/** Ends the last epoch with the slots that are claimed already, and begins a new one. */
function append(
  book: { epochs: readonly Epoch[]; closed: number } | null,
  { grid }: Schedule,
  from: number,
): Epoch[] {
  const { epochs, closed } = book ?? { epochs: [], closed: from }
  const ended = epochs.map(({ to, ...epoch }) => {
    return { ...epoch, to: to ?? Math.max(epoch.from, from - HEADSTART) }
  })
  return [...keptOf(ended, closed), { from, to: null, grid }]
}

/** Of epochs that have ended, those that slots were due in, without the oldest that are closed. */
export function keptOf<Ended extends { from: number; to: number }>(
  ended: readonly Ended[],
  closed: number,
): Ended[] {
  const due = ended.filter(epoch => epoch.to > epoch.from)
  return due.filter(({ to }, index) => to > closed || index > due.length - KEEP_EPOCHS)
}
