import type { Schedule } from './jobs.ts'
import { declaredSchedules } from './ledger/declared.ts'
import type { Keys } from './ledger/keys.ts'
import { type Pause, pauses } from './ledger/pauses.ts'
import { isGone, presences } from './presence.ts'
import type { Redis } from './redis.ts'

/** What somebody who asks for a call by hand should know. */
export async function remarks(redis: Redis, keys: Keys, schedule: Schedule): Promise<string[]> {
  const { id, engine } = schedule
  const paused = await pauses(redis, keys)
  const processes = await presences(redis, keys)
  const now = Date.now()
  const worked = processes.some(it => it.part === 'worker' && !isGone(it, now))
  return [
    ...[id, engine].flatMap(target => {
      const pause = paused.get(target)
      return pause
        ? [`${target} is paused (${pause.reason}); a call by hand is made all the same`]
        : []
    }),
    ...(worked ? [] : ['no worker is alive: waiting for one']),
  ]
}

/** What still holds up a resumed schedule or engine: its engine's pause, or those of its schedules. */
export async function stillPaused(redis: Redis, keys: Keys, target: string) {
  const paused = await pauses(redis, keys)
  const declared = await declaredSchedules(redis, keys)
  const engine = declared.get(target)?.schedule.engine
  const above = engine === undefined ? undefined : paused.get(engine)
  const below: { id: string; pause: Pause }[] = []
  for (const { schedule } of declared.values()) {
    const pause = schedule.engine === target ? paused.get(schedule.id) : undefined
    if (pause !== undefined) below.push({ id: schedule.id, pause })
  }
  return { above: engine && above ? { id: engine, pause: above } : null, below }
}
