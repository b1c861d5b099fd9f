import { useEffect, useState } from 'preact/hooks'

/** By how much the server's clock is ahead of this one, ms. */
let ahead = 0
/** Everything that ticks together, by its period in ms. */
const tickers = new Map<number, { listeners: Set<() => void>; timer: number }>()

/** Told with every answer that carries the server's clock: times on a page are its times. */
export function setServerClock(now: number): void {
  ahead = now - Date.now()
}

/** The server's clock now, epoch ms. */
export function serverNow(): number {
  return Date.now() + ahead
}

/** The server's clock; what uses it is drawn again every `ms`. */
export function useNow(ms = 1000): number {
  const [, tick] = useState(0)
  useEffect(() => subscribe(ms, () => tick(count => count + 1)), [ms])
  return serverNow()
}

function subscribe(ms: number, listener: () => void): () => void {
  const ticker = tickers.get(ms) ?? start(ms)
  ticker.listeners.add(listener)
  return () => {
    ticker.listeners.delete(listener)
    if (ticker.listeners.size > 0) return
    clearInterval(ticker.timer)
    tickers.delete(ms)
  }
}

function start(ms: number) {
  const listeners = new Set<() => void>()
  const run = () => {
    for (const listener of listeners) listener()
  }
  const ticker = { listeners, timer: window.setInterval(run, ms) }
  tickers.set(ms, ticker)
  return ticker
}
