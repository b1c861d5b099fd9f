/** Sleeps are cut into pieces, so that a clock that was set is noticed within a second. */
const PIECE = 1000

/**
 * Tells every run of a worker to stop: what AbortSignal does, for hundreds of listeners that come and
 * go every second (an EventTarget searches its list for each one that leaves).
 */
export class Stop {
  readonly #listeners = new Set<() => void>()
  #stopped = false

  get stopped(): boolean {
    return this.#stopped
  }

  stop(): void {
    this.#stopped = true
    for (const listener of this.#listeners) listener()
  }

  add(listener: () => void): void {
    this.#listeners.add(listener)
  }

  remove(listener: () => void): void {
    this.#listeners.delete(listener)
  }
}

/** A wait that lasts longer than it should by this much is one for a time of before the clock was set back, ms. */
const TOO_LONG = 5000

/**
 * Resolves to true at `at` (epoch ms) and never before, though Node's timers can fire 1 ms early;
 * to false as soon as `stop` is told, or when the clock was set back far behind `at`.
 */
export async function hold(at: number, stop: Stop): Promise<boolean> {
  const end = performance.now() + Math.max(at - Date.now(), 0) + TOO_LONG
  while (!stop.stopped && performance.now() < end) {
    const left = at - Date.now()
    if (left <= 0) return true
    await sleep(Math.min(left, PIECE), stop)
  }
  return !stop.stopped && Date.now() >= at
}

/** A timer is late by up to this much, ms. */
const COARSE = 2
/** Between two slots that are waited for exactly there is at least this much, ms. */
const APART = 20

/** Lets one slot in 20 ms be waited for exactly, so that watching the clock never takes over a core. */
export class Pace {
  #last = 0

  take(now: number): boolean {
    if (now - this.#last < APART) return false
    this.#last = now
    return true
  }
}

/** As `hold`, but where `pace` allows the last 2 ms are spent looking at the clock. */
export async function holdExactly(at: number, stop: Stop, pace: Pace): Promise<boolean> {
  if (at - Date.now() <= COARSE || !pace.take(performance.now())) return hold(at, stop)
  if (!(await hold(at - COARSE, stop))) return false
  while (!stop.stopped && Date.now() < at) await new Promise(setImmediate)
  return !stop.stopped
}

function sleep(ms: number, stop: Stop): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      stop.remove(end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    stop.add(end)
  })
}
