import type { Config, Engine } from '../config.ts'
import { createEvents } from '../events.ts'
import { spacing } from '../slots.ts'
import { span } from '../terminal.ts'
import { EngineClient } from '../worker/engine/client.ts'
import { EngineError } from '../worker/engine/errors.ts'
import { engineStats } from './engine-stats.ts'
import { about, type Finding } from './finding.ts'

const login = about('engine login')
const token = about('engine token')

interface Asked {
  engine: Engine
  timing: Config['timing']
  /** ms that each answer may take. */
  timeout: number
}

/**
 * Can we log in, how long is a token good for, and is the answer of /stats understood? Empty where
 * the engine is out of reach, which another check says. Never calls update-engine.
 */
export async function engineLogin(asked: Asked): Promise<Finding[]> {
  const { engine, timeout } = asked
  const { id, username, password } = engine
  if (username === '' || password === '') {
    const found = `${id}: not tried, there is no user name and password here`
    const advice =
      'give a worker here SCHEDULER_ENGINEAPI_USERNAME and SCHEDULER_ENGINEAPI_PASSWORD_FILE'
    return [login.warning(found, advice)]
  }
  let life: number | null = null
  const events = createEvents()
  events.on('login', granted => {
    life = granted.life
  })
  const client = new EngineClient({ engine, timeout, events })
  try {
    const begin = performance.now()
    await client.prepare(Date.now())
    const took = performance.now() - begin
    // Without a fence: the engine would refuse the calls of workers with a lower one.
    const call = { job: 'get-stats' as const, idempotencyKey: `doctor@${Date.now()}` }
    return [
      login.ok(`${id}: logged in as ${username} within ${span(took)}`),
      tokenLife(asked, life),
      engineStats({ ...asked, result: await client.call(call) }),
    ]
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return refused(asked, error)
  } finally {
    await client.close()
  }
}

function refused({ engine: { id } }: Asked, { classification }: EngineError): Finding[] {
  const { detail, status, reason } = classification
  const connected = status !== null || ['time-out', 'reset', 'protocol'].includes(reason)
  if (!connected) return []
  const advice =
    status === 401
      ? 'look at SCHEDULER_ENGINEAPI_USERNAME and SCHEDULER_ENGINEAPI_PASSWORD (…_FILE)'
      : 'is it the engine, and not a proxy or another program? Look at its log'
  return [login.failure(`${id}: ${detail}`, advice)]
}

function tokenLife({ engine, timing }: Asked, life: number | null): Finding {
  const { id, schedules } = engine
  if (life === null) return token.ok(`${id}: does not say how long it is good for`)
  const shortest = Math.min(...schedules.map(({ grid }) => spacing(grid)))
  const found = `${id}: good for ${span(life)}`
  const advice = 'let the engine make tokens that live longer: minutes, not seconds'
  // One that ends within a second of its slot is renewed, since its times are whole seconds.
  if (life <= timing.lead + 1000) {
    const effect = 'at a slot it may be over, and a login stands between the slot and the call'
    return token.warning(`${found}: ${effect}`, advice)
  }
  if (life > shortest + timing.lead) return token.ok(found)
  return token.warning(
    `${found}, slots are ${span(shortest)} apart: a login for every call`,
    advice,
  )
}
