import type { Engine } from '../config.ts'
import { isLoopback } from '../dashboard-settings.ts'
import { span } from '../terminal.ts'
import { engineLogin } from './engine-login.ts'
import { engineReach } from './engine-reach.ts'
import { about, type Finding } from './finding.ts'
import { hasEngine, isOfUp, type Subject } from './subject.ts'

const { ok, warning } = about('engine')
const exposure = about('engine access')

/** Everything about the engines that none has, where nobody has set one. */
export function noEngine(subject: Subject): Finding[] {
  if (hasEngine(subject)) return []
  if (isOfUp(subject)) return [ok('none is set: up simulates one, and no money moves')]
  const advice =
    'set SCHEDULER_ENGINEAPI_HOST, SCHEDULER_ENGINEAPI_PORT, SCHEDULER_ENGINEAPI_USERNAME and SCHEDULER_ENGINEAPI_PASSWORD_FILE'
  return [warning('none is set', advice)]
}

/** One engine: reached, logged in to, understood; no answer may take more than `timeout` ms. */
export async function engineFindings(options: {
  subject: Subject
  engine: Engine
  timeout: number
}): Promise<Finding[]> {
  const { subject, engine, timeout } = options
  const { timing } = subject.config
  const patience = Math.min(timing.timeout, timeout)
  const [reach, login] = await Promise.all([
    engineReach(engine, patience),
    engineLogin({ engine, timing, timeout: patience }),
  ])
  const found = [...reach, ...login, ...readable(engine)]
  const dead = reach.some(({ level }) => level === 'failure')
  if (dead || login.length > 0) return found
  const advice = 'look at the engine and the way to it'
  const silent = `${engine.id}: it answers, but a login found no connection within ${span(patience)}`
  return [...found, about('engine login').failure(silent, advice)]
}

function readable({ id, url }: Engine): Finding[] {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || isLoopback(hostname)) return []
  const found = `${id}: password and tokens travel readable for the network (http://)`
  return [exposure.warning(found, 'use https (SCHEDULER_ENGINEAPI_SCHEME), or a private network')]
}
