import type { Engine } from '../config.ts'
import { CLOCK_TOLERANCE } from '../presence.ts'
import { span } from '../terminal.ts'
import { type Probe, probe } from '../worker/engine/probe.ts'
import { about, type Finding } from './finding.ts'

const reached = about('engine reach')
const clock = about('engine clock')

/** Is the engine where it is said to be, and is its clock in step? `timeout` in ms. */
export async function engineReach(engine: Engine, timeout: number): Promise<Finding[]> {
  const answer = await probe({ engine, timeout })
  const { failure, status, asked, received } = answer
  const where = `${engine.id}: ${engine.url}`
  if (failure === null) {
    const found = `${where} answers (${status}) within ${span(received - asked)}`
    return [reached.ok(found), ...inStep(engine, answer)]
  }
  const found = `${where} is out of reach: ${failure.reason} (${failure.detail})`
  if (failure.class === 'not-executed') {
    return [reached.failure(found, ADVICE[failure.reason] ?? 'is the engine running there?')]
  }
  const silent = `${where} takes the connection, but /healthcheck gave no answer: ${failure.reason}`
  return [reached.warning(silent, 'is it an engine? Does it hang, or a proxy before it?')]
}

const ADVICE: Readonly<Record<string, string>> = {
  dns: 'nobody knows this host name: look at SCHEDULER_ENGINEAPI_HOST (--api-host)',
  refused: 'nothing listens there: start the engine, or look at SCHEDULER_ENGINEAPI_PORT',
  'connect-time-out': 'nobody answers there: look at host, port and the firewalls between',
  unreachable: 'there is no way to that host: look at SCHEDULER_ENGINEAPI_HOST and the network',
  tls: 'look at SCHEDULER_ENGINEAPI_SCHEME, at its certificate, and for a private CA at SCHEDULER_ENGINEAPI_CA_FILE',
}

/** A Date header is a whole second, written at some moment between question and answer. */
function inStep({ id }: Engine, { date, asked, received }: Probe): Finding[] {
  if (date === null) return []
  const [least, most] = [date - received, date + 1000 - asked]
  const advice = 'keep the clocks in step (NTP): its tokens live by its clock'
  if (least > CLOCK_TOLERANCE) {
    return [clock.warning(`${id}: at least ${span(least)} ahead of this one`, advice)]
  }
  if (most < -CLOCK_TOLERANCE) {
    return [clock.warning(`${id}: at least ${span(-most)} behind this one`, advice)]
  }
  return [clock.ok(`${id}: in step with this one, as far as seconds can tell`)]
}
