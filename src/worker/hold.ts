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

/**
 * Resolves to true at `at` (epoch ms) and never before, though Node's timers can fire 1 ms early;
 * to false as soon as `stop` is told.
 */
export async function hold(at: number, stop: Stop): Promise<boolean> {
  while (!stop.stopped) {
    const left = at - Date.now()
    if (left <= 0) return true
    await sleep(Math.min(left, PIECE), stop)
  }
  return false
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
