import { span } from '../terminal.ts'
import { about, type Finding } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, warning } = about('redis latency')

const PINGS = 50
/** No PING is begun after this, ms. */
const LONGEST = 1000
/** Answers that a worker needs one after the other between a claim and its slot. */
const STEPS = 4

/** Does Redis answer fast enough for what has to be asked within a lead? */
export async function redisLatency({ redis, config }: Connected): Promise<Finding[]> {
  const { lead } = config.timing
  const times: number[] = []
  const begin = performance.now()
  while (times.length < PINGS && performance.now() - begin < LONGEST) {
    const asked = performance.now()
    await redis.ping()
    times.push(performance.now() - asked)
  }
  times.sort((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)] ?? 0
  const most = times.at(-1) ?? 0
  const found = `${shown(median)} at the median, ${shown(most)} at most, of ${times.length} PINGs; the lead is ${span(lead)}`
  if (median * STEPS < lead && most < lead) return [ok(found)]
  const advice = 'run workers nearer to Redis, or give them more time ahead: --lead'
  return [warning(`${found}: calls may be late`, advice)]
}

function shown(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`
}
