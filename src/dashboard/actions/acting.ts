import { randomUUID } from 'node:crypto'
import { UserError } from '../../command.ts'
import { doneWithin } from '../../deadline.ts'
import { pause, resume, type Wish } from '../../ledger/pauses.ts'
import { remarks, stillPaused } from '../../remarks.ts'
import { knownOrPaused, knownTarget, selectSchedules } from '../../selection.ts'
import { trigger } from '../../trigger.ts'
import type { Served } from '../served.ts'
import type { ActedView } from '../views.ts'

/** What no worker has begun by then is not called any more, ms. */
const VOID_AFTER = 60_000
/** BullMQ waits for Redis for ever; whoever asked does not, ms. */
const PATIENCE = 5000

/** What can be asked for. Each throws UserError for a target that there is not. */
export const ACTS = {
  async pause({ redis, keys }: Served, wish: Wish): Promise<ActedView> {
    await knownTarget(redis, keys, wish.target)
    const { id, before } = await pause(redis, keys, wish)
    return {
      id,
      remarks: before === null ? [] : ['it was paused already: the reason is another now'],
    }
  },

  async resume({ redis, keys }: Served, wish: Wish): Promise<ActedView> {
    await knownOrPaused(redis, keys, wish.target)
    const { id, resumed } = await resume(redis, keys, wish)
    const { above, below } = await stillPaused(redis, keys, wish.target)
    const said = resumed ? [] : ['it was not paused']
    if (above !== null) said.push(`its engine ${above.id} is still paused (${above.pause.reason})`)
    for (const { id, pause } of below) said.push(`${id} stays paused (${pause.reason})`)
    return { id, remarks: said }
  },

  async trigger({ redis, keys, config }: Served, wish: Wish): Promise<ActedView> {
    const [schedule] = await selectSchedules(redis, keys, { schedule: wish.target })
    if (schedule === undefined) throw new UserError(`There is no schedule ${wish.target}`)
    const said = await remarks(redis, keys, schedule)
    const id = randomUUID()
    const { by, via, reason } = wish
    const notAfter = Date.now() + VOID_AFTER
    const { prefix } = config.redis
    // Of its own: what BullMQ hangs on to a connection goes with it.
    const asking = redis.duplicate()
    asking.on('error', () => 0)
    try {
      const asked = trigger({
        redis: asking,
        keys,
        prefix,
        schedule,
        id,
        by,
        via,
        reason,
        notAfter,
      })
      if (!(await doneWithin(PATIENCE, asked))) throw new Error('Command timed out')
      await asked
      return { id, remarks: said }
    } finally {
      asking.disconnect()
    }
  },
}
