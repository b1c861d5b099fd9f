import { Connections } from './connections.ts'
import { Line } from './line.ts'
import { classify, type Failure } from './responses.ts'

/** What an engine says to anybody; times in epoch ms. */
export interface Probe {
  asked: number
  received: number
  /** HTTP status; null when there was no whole answer. */
  status: number | null
  /** The second that the engine's clock showed; null when it did not say. */
  date: number | null
  /** Why there was no whole answer; `not-executed` when there was not even a connection. */
  failure: Failure | null
}

/** Asks an engine how it is, which needs no login and changes nothing. Never rejects; `timeout` in ms. */
export async function probe(options: {
  engine: { url: string; ca: string | null }
  timeout: number
}): Promise<Probe> {
  const { engine, timeout } = options
  const connections = new Connections({ url: new URL(engine.url), ca: engine.ca, timeout })
  const asked = Date.now()
  const outcome = await new Line(engine.url, connections).send({
    ...{ method: 'GET', path: '/healthcheck', headers: {}, timeout },
  })
  const received = Date.now()
  connections.destroy()
  if (outcome.kind === 'failure') {
    const failure = classify(outcome, 'get-stats') as Failure
    return { asked, received, status: null, date: null, failure }
  }
  const date = Date.parse(outcome.date ?? '')
  const { status } = outcome
  return { asked, received, status, date: Number.isNaN(date) ? null : date, failure: null }
}
