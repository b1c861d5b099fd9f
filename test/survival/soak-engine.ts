import type { Behaviour, Exchange } from '../fixtures/behaviours.ts'
import * as behaviours from '../fixtures/behaviours.ts'
import { startEngine, type TestEngine } from '../fixtures/engine.ts'
import { newSecret } from '../fixtures/routes.ts'
import { between, createRandom } from './soak-plan.ts'
import type { Violations } from './soak-violations.ts'
import { STATS, UPDATE } from './system.ts'

export type Mode =
  | 'well'
  | 'hang'
  | 'reset'
  | '429'
  | '500'
  | '503'
  | 'drip'
  | 'cut-off'
  | 'no JSON'

/** A call as the engine saw it; times in epoch ms. */
export interface SeenCall {
  schedule: string
  slot: number
  fence: number
  mode: Mode
  at: number
  /** Null while the engine works on it, whether or not its client still waits. */
  endedAt: number | null
  /**
   * `ok`: executed, and said so. `no`: the answer proves that it was not executed. `badly`: executed,
   * and it went wrong. `stopped`: the engine did not run. `unsure`: the client cannot know.
   */
  outcome: 'ok' | 'no' | 'badly' | 'stopped' | 'unsure' | null
}

export type SoakEngine = ReturnType<typeof watchEngine>

/** Longest that the engine works on a call, ms: below time-out and settle time, as its operator promised. */
const LONGEST = 1900

/**
 * The engine of a soak: random latency, faults for a while, and it checks every call as it arrives:
 * I1 no update beside another, I2 no slot that may have been executed again, none before its slot.
 */
export function watchEngine(first: TestEngine, options: EngineWatch) {
  const { violations, seed, onSuccess, wasStopped } = options
  const random = createRandom(seed)
  const calls: SeenCall[] = []
  const latenesses: number[] = []
  const working = new Set<SeenCall>()
  const counts = { repeated: 0, stale: 0 }
  let engine = first
  let mode: Mode = 'well'
  let secret = options.secret
  let newestFence = 0

  const act: Record<Mode, Behaviour> = {
    well: exchange => behaviours.delay(latency(random))(exchange),
    hang: exchange => behaviours.delay(between(random, 1200, LONGEST))(exchange),
    reset: async exchange => {
      await exchange.sleep(between(random, 0, 300))
      await behaviours.reset(exchange)
    },
    '429': exchange => limited(random() < 0.5 ? { 'retry-after': 1 } : {})(exchange),
    '500': behaviours.answer(500, 'it broke'),
    '503': behaviours.unavailable(),
    drip,
    'cut-off': behaviours.cutOff(),
    'no JSON': behaviours.notJson,
  }

  const serve =
    (schedule: string): Behaviour =>
    async exchange => {
      const call = arrive(schedule, exchange)
      try {
        await act[call.mode](exchange)
      } finally {
        call.endedAt = Date.now()
        call.outcome = outcomeOf(call.mode, exchange)
        working.delete(call)
        if (call.outcome === 'ok') onSuccess(call)
      }
    }

  function arrive(schedule: string, { request }: Exchange): SeenCall {
    const slot = Number(String(request.headers['idempotency-key']).split('@')[1])
    const fence = Number(request.headers['x-fencing-token'])
    const call: SeenCall = {
      ...{ schedule, slot, fence, mode, at: Date.now(), endedAt: null, outcome: null },
    }
    const before = calls.filter(other => other.schedule === schedule && other.slot === slot)
    calls.push(call)
    latenesses.push(call.at - slot)
    if (call.at < slot)
      violations.add('early', `${schedule} arrived ${slot - call.at} ms early`, slot)
    if (schedule === UPDATE) checkUpdate(call, before)
    return call
  }

  function checkUpdate(call: SeenCall, before: readonly SeenCall[]): void {
    const { slot, fence } = call
    const [other] = working
    const again = before.find(({ outcome }) => outcome !== 'no')
    // Stopped between its last look at the clock and the send, a worker sends when it goes on. Nothing
    // on its side can prevent that; an engine that heeds the fencing token refuses it.
    if (fence < newestFence && wasStopped()) {
      counts.stale++
      return
    }
    newestFence = Math.max(newestFence, fence)
    working.add(call)
    if (other) violations.add('I1', `beside slot ${other.slot}, under way since ${other.at}`, slot)
    if (again) {
      violations.add('I2', `sent again; the first time ${again.outcome ?? 'is under way'}`, slot)
    } else if (before.length > 0) counts.repeated++
  }

  function take(next: TestEngine) {
    engine = next
    engine.behave('/update-engine', serve(UPDATE))
    engine.behave('/stats', serve(STATS))
  }
  take(first)

  return {
    calls,
    /** Updates sent again as the answer allowed; sent by a worker that had lost its lease. */
    counts,
    /** Arrival minus slot of every call so far, ms. */
    latenesses,
    get open() {
      return engine.open
    },
    behave(next: Mode) {
      mode = next
    },
    turn(on: boolean) {
      if (on) engine.start()
      else engine.stop()
    },
    newSecret() {
      engine.newSecret()
    },
    /** Gone with all that it was doing: connections are refused. */
    close: () => engine.close(),
    /** There again on the same port, with the same secret or another. */
    async reopen(changed: boolean) {
      if (changed) secret = newSecret()
      take(await startEngine({ port: first.port, secret }))
    },
    /** Calls of slots in [from, to]. */
    seen: (schedule: string, from: number, to: number) =>
      calls.filter(call => call.schedule === schedule && call.slot >= from && call.slot <= to),
  }
}

export interface EngineWatch {
  violations: Violations
  seed: number
  secret: string
  onSuccess: (call: SeenCall) => void
  /** Was a worker stopped and continued a moment ago? */
  wasStopped: () => boolean
}

function outcomeOf(mode: Mode, { request, response }: Exchange): SeenCall['outcome'] {
  if (mode === 'hang' || mode === 'reset' || mode === 'drip' || mode === 'cut-off') return 'unsure'
  // Whoever went away while we worked does not know how it ended.
  if (request.socket.destroyed) return 'unsure'
  // A useless answer, and a proxy's word for an engine that may have done it.
  if (mode === 'no JSON' || mode === '503') return 'unsure'
  const { statusCode } = response
  if (statusCode === 200) return 'ok'
  if (statusCode === 500) return 'badly'
  return statusCode === 404 ? 'stopped' : 'no'
}

function limited(headers: Record<string, number>): Behaviour {
  return behaviours.answer(429, 'Too Many Requests', headers)
}

/** Mostly quick, now and then longer than the interval. */
function latency(random: () => number): number {
  const dice = random()
  if (dice < 0.7) return between(random, 1, 40)
  return dice < 0.92 ? between(random, 40, 300) : between(random, 300, 700)
}

async function drip({ request, response, sleep }: Exchange): Promise<void> {
  const until = Date.now() + LONGEST
  response.writeHead(200, { 'content-type': 'application/json' })
  while (!request.socket.destroyed && Date.now() < until) {
    response.write(' ')
    await sleep(20)
  }
  request.socket.destroy()
}
