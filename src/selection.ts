import { UserError } from './command.ts'
import { ENGINE, JOBS, type JobName, type Schedule, scheduleId } from './jobs.ts'
import { declaredSchedules } from './ledger/declared.ts'
import type { Keys } from './ledger/keys.ts'
import { answers, type Redis } from './redis.ts'
import { printable } from './terminal.ts'

/** Exit code of what is wrong with what was typed. */
const USAGE = 2

/** What somebody asked for; what is not given does not narrow. */
export interface Wanted {
  engine?: unknown
  job?: unknown
  schedule?: unknown
}

/**
 * The ids of the wanted schedules that have books to be read: the declared ones, and those that were
 * declared away since, whose slots are to be accounted for as well. Throws as the one below.
 */
export async function selectBooks(redis: Redis, keys: Keys, wanted: Wanted): Promise<string[]> {
  const all = await declared(redis, keys)
  const ids = [...new Set([...idsOf(all), ...(await idsOfEnded(redis, keys, enginesOf(all)))])]
  const { engine, job, schedule } = wanted
  known('schedule', schedule, ids)
  known('engine', engine, [...new Set(ids.map(engineOf))])
  known('job', job, JOBS)
  return ids
    .filter(
      id =>
        (engine === undefined || engineOf(id) === engine) &&
        (job === undefined || id === scheduleId(engineOf(id), job as JobName)) &&
        (schedule === undefined || id === schedule),
    )
    .sort((a, b) => a.localeCompare(b))
}

/** Nothing in Redis lists them; but the jobs of an engine are known, and so is where books stand. */
async function idsOfEnded(redis: Redis, keys: Keys, engines: readonly string[]): Promise<string[]> {
  const ids = [...new Set([...engines, ENGINE])].flatMap(engine =>
    JOBS.map(job => scheduleId(engine, job)),
  )
  const asked = redis.pipeline()
  for (const id of ids) asked.hexists(keys.books(id), 'closed')
  const there = await answers<number>(asked)
  return ids.filter((_id, index) => there[index] === 1)
}

/** Of a schedule's id. */
function engineOf(id: string): string {
  return id.slice(0, id.lastIndexOf('/'))
}

/** The declared schedules that are wanted. Throws UserError, naming what there is, for a name unknown. */
export async function selectSchedules(
  redis: Redis,
  keys: Keys,
  { engine, job, schedule }: Wanted,
): Promise<Schedule[]> {
  const all = await declared(redis, keys)
  known('schedule', schedule, idsOf(all))
  known('engine', engine, enginesOf(all))
  known('job', job, JOBS)
  return all.filter(
    it =>
      (engine === undefined || it.engine === engine) &&
      (job === undefined || it.job === job) &&
      (schedule === undefined || it.id === schedule),
  )
}

/** Says what there is, unless `target` is the id of a declared schedule or engine. */
export async function knownTarget(redis: Redis, keys: Keys, target: string): Promise<void> {
  const all = await declared(redis, keys)
  known('schedule or engine', target, [...enginesOf(all), ...idsOf(all)])
}

/** The same, but a pause is enough: what is declared no more can be resumed. */
export async function knownOrPaused(redis: Redis, keys: Keys, target: string): Promise<void> {
  if ((await redis.hexists(keys.paused, target)) === 0) await knownTarget(redis, keys, target)
}

/** Throws UserError unless `name` is undefined or one of `names`. */
export function known(what: string, name: unknown, names: readonly string[]): void {
  if (name === undefined || names.includes(name as string)) return
  const hint =
    names.length === 0
      ? 'nothing is declared in this Redis yet: start a producer'
      : `there is: ${listed(names)}`
  const given = printable(JSON.stringify(name))
  throw new UserError(`There is no ${what} ${given}`, { hint, exitCode: USAGE })
}

/** Names that a line has room for. */
const SHOWN = 30

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN
  const shown = names.slice(0, SHOWN).map(printable).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}

export function enginesOf(schedules: readonly Schedule[]): string[] {
  return [...new Set(schedules.map(({ engine }) => engine))]
}

async function declared(redis: Redis, keys: Keys): Promise<Schedule[]> {
  return [...(await declaredSchedules(redis, keys)).values()].map(({ schedule }) => schedule)
}

function idsOf(schedules: readonly Schedule[]): string[] {
  return schedules.map(({ id }) => id)
}
