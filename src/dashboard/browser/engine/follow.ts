import { useEffect, useRef } from 'preact/hooks'
import { onRuns, onSnapshot } from '../live.ts'

/** A window is fetched anew at most so often, ms. */
const EVERY = 2000

/**
 * Calls `again` when a run of the engine has ended or may have been missed: at most every 2 s, and
 * only while somebody looks; who comes back to the page sees what is new.
 */
export function useFollow(engine: string, following: boolean, again: () => void): void {
  const latest = useRef(again)
  latest.current = again
  useEffect(() => {
    if (!following) return
    let timer: number | undefined
    let last = Date.now()
    let due = false
    const fetchIfDue = () => {
      timer = undefined
      if (!due || document.visibilityState === 'hidden') return
      due = false
      last = Date.now()
      latest.current()
    }
    const soon = () => {
      due = true
      timer ??= window.setTimeout(fetchIfDue, Math.max(0, last + EVERY - Date.now()))
    }
    const seen = () => {
      if (due && document.visibilityState === 'visible') soon()
    }
    const ends = [
      onRuns(runs => {
        if (runs.some(run => run.engine === engine)) soon()
      }),
      onSnapshot(soon),
    ]
    document.addEventListener('visibilitychange', seen)
    return () => {
      for (const end of ends) end()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }, [engine, following])
}
