import { createEvents } from '../src/events.ts'
import { keysOf } from '../src/ledger/keys.ts'
import { createRedis } from '../src/redis.ts'
import { revisionOf } from '../src/ticks.ts'

export const ENGINE = 'bench'
/** Between two slots, ms. */
export const STEP = 5000
const COUNT = 100_000
const PREFIX = '{bench}'

/** COUNT points and runs of one engine, as the workers and the books leave them. */
export async function fillPast(redisUrl: string): Promise<void> {
  const end = Math.floor(Date.now() / STEP) * STEP
  const slotOf = (index: number) => end - (COUNT - 1 - index) * STEP
  const keys = keysOf(PREFIX)
  const redis = createRedis({ url: redisUrl, ca: null }, 'bench', createEvents())
  const grid = { interval: STEP, phase: 0 }
  const job = 'update-engine' as const
  const id = `${ENGINE}/${job}`
  const schedule = { id, engine: ENGINE, job, grid, lead: 250, revision: '' }
  const declared = { ...schedule, revision: revisionOf(schedule) }
  const at = slotOf(0) - 1
  const epochs = JSON.stringify([{ from: at, to: null, grid }])
  await redis.hset(keys.schedules, id, JSON.stringify({ schedule: declared, by: 'bench', at }))
  await redis.hset(keys.books(id), { since: at, closed: slotOf(COUNT - 3), epochs })
  for (let begin = 0; begin < COUNT; begin += 1000) {
    const commands = redis.pipeline()
    for (let index = begin; index < begin + 1000; index++) {
      const slot = slotOf(index)
      const run = {
        ...{ schedule: id, engine: ENGINE, job, slot, verdict: 'succeeded', reason: null },
        ...{ latenessMs: index % 977 === 0 ? 180 : (index % 7) / 2, durationMs: 20 + (index % 90) },
        ...{ attempts: 1, status: 200, worker: 'host-1', at: slot + 40, fence: index },
      }
      commands.zadd(keys.runs(id), slot, JSON.stringify(run))
      const fields = Object.entries(position(index)).flatMap(([name, value]) => [
        name,
        JSON.stringify(value),
      ])
      commands.xadd(keys.stats(ENGINE), `${slot + 40}-0`, 'slot', slot, 'job', job, ...fields)
    }
    await commands.exec()
  }
  redis.disconnect()
}

/** All fields of an engine's answer. */
function position(index: number) {
  const hash = `0x${index.toString(16).padStart(64, 'a')}`
  const price = 1950 + 80 * Math.sin(index / 700) + (index % 13)
  return {
    ...{ tick_lower: -200_040, tick_upper: -199_440, tick_current: -199_700 + (index % 300) },
    ...{ tick_initial: -199_740, range_lower: 1890.123456789, range_upper: 2010.987654321 },
    ...{ price_current: price, price_initial: 1950.5, tokenID: 7000 + Math.floor(index / 4000) },
    ...{ tx_mint: hash, tx_swap: hash, tx_decrease: null, tx_collect: null, tx_burn: null },
    ...{ is_open: true, last_update: '2026-11-23 12:00:00' },
  }
}
