import { CLOCK_TOLERANCE } from '../presence.ts'
import { timeOf } from '../redis.ts'
import { span } from '../terminal.ts'
import { about, type Finding } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, failure } = about('clock')

/** Times that Redis is asked; the fastest answer says most. */
const ASKED = 5

/** Is this machine's clock in step with Redis's? Slots are decided by each worker's own. */
export async function redisClock({ redis }: Pick<Connected, 'redis'>): Promise<Finding[]> {
  let best = { ahead: 0, unsure: Number.POSITIVE_INFINITY }
  for (let times = 0; times < ASKED; times++) {
    const asked = Date.now()
    const time = timeOf(await redis.time())
    const received = Date.now()
    const unsure = (received - asked) / 2 + 1
    const ahead = (asked + received) / 2 - time
    if (unsure < best.unsure) best = { ahead, unsure }
  }
  const { ahead, unsure } = best
  const found = `${span(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} Redis's, give or take ${span(unsure)}`
  if (Math.abs(ahead) - unsure <= CLOCK_TOLERANCE) return [ok(found)]
  const effect = `a worker here calls that much too ${ahead > 0 ? 'early' : 'late'}`
  return [failure(`${found}: ${effect}`, 'keep the clocks in step (chrony, systemd-timesyncd)')]
}
