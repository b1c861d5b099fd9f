/** Sleeps are cut into pieces, so that a clock that was set is noticed within a second. */
const PIECE = 1000

/**
 * Resolves at `at` (epoch ms) and never before, though Node's timers can fire 1 ms early. Resolves
 * to false as soon as `signal` aborts.
 */
export async function hold(at: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const left = at - Date.now()
    if (left <= 0) return true
    await sleep(Math.min(left, PIECE), signal)
  }
  return false
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
