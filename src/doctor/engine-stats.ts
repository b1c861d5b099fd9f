import type { Config, Engine } from '../config.ts'
import { WITHOUT_POSITION } from '../no-position.ts'
import { spacing } from '../slots.ts'
import { span } from '../terminal.ts'
import type { CallResult } from '../worker/engine/client.ts'
import { about, type Finding } from './finding.ts'

const { ok, warning, failure } = about('engine stats')

/** A call that takes this share of its time-out will pass it some day. */
const NEAR = 0.5

const ADVICE: Readonly<Record<string, string>> = {
  contract: 'its answer is none of the contract: is it the engine, and its version?',
  'http-500': WITHOUT_POSITION,
}

/** Is the answer of /stats understood, and does it come in time? `timeout` in ms, of this one call. */
export function engineStats(options: {
  engine: Engine
  timing: Config['timing']
  timeout: number
  result: CallResult
}): Finding {
  const { engine, timing, timeout, result } = options
  const { id, schedules } = engine
  const took = `within ${span(result.durationMs)}`
  const limit = span(timing.timeout)
  if (result.class === 'succeeded') {
    const fields = Object.keys(result.stats ?? {}).length
    const found = `${id}: ${fields} fields of its position ${took}`
    const faster = 'make the engine faster, or give calls more time: --timeout, --interval'
    if (result.durationMs > timing.timeout * NEAR) {
      return warning(`${found}, a call may take ${limit}`, faster)
    }
    const apart = Math.min(...schedules.map(({ grid }) => spacing(grid)))
    if (result.durationMs > apart) {
      return warning(`${found}, slots are ${span(apart)} apart: some are skipped`, faster)
    }
    return ok(`${found}; a call may take ${limit}`)
  }
  if (result.class === 'engine-stopped') {
    return warning(`${id}: the engine is stopped`, 'start it (GET /start) when it is to work')
  }
  if (result.reason === 'time-out' && timeout < timing.timeout) {
    const found = `${id}: no answer within ${span(timeout)}, after which nobody waited; a call may take ${limit}`
    return warning(found, 'is the engine busy with something long? Look at its log')
  }
  const advice = ADVICE[result.reason] ?? 'look at the log of the engine, and of a proxy before it'
  return failure(`${id}: ${result.reason} ${took}: ${result.detail}`, advice)
}
