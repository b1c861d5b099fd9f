import { useEffect, useState } from 'preact/hooks'
import type { Run } from '../../ledger/run.ts'
import type { LiveEvents, OverviewView } from '../views.ts'
import { serverNow, setServerClock } from './clock.ts'
import { withRuns, withState } from './live-view.ts'
import { link } from './place.ts'

/**
 * One stream of events per page, from its first `useLive` or `onRuns` on. When it breaks, or says
 * nothing for 25 s, it is opened again, at first after a second, later every 10 s; a snapshot then
 * brings what was missed. A page that nobody sees for a minute lets it go: browsers allow only a
 * few streams per server over all tabs.
 */
export interface LiveView {
  /** What is known; null until the first snapshot. */
  view: OverviewView | null
  /** Since when the stream is lost, epoch ms of the server; null while it is there. */
  lost: number | null
}

const SILENCE = 25_000
const LONGEST = 10_000
const UNSEEN = 60_000

let now: LiveView = { view: null, lost: null }
let stream: EventSource | null = null
let failures = 0
let retry: number | undefined
let watchdog: number | undefined
let unseen: number | undefined
let begun = false
const watchers = new Set<(live: LiveView) => void>()
const runListeners = new Set<(runs: Run[]) => void>()
const snapshotListeners = new Set<() => void>()

/** Draws again with every event. */
export function useLive(): LiveView {
  const [live, setLive] = useState(now)
  useEffect(() => {
    setLive(now)
    return listen(watchers, setLive)
  }, [])
  return live
}

/** Hears of runs as they are recorded; what it returns ends that. */
export function onRuns(listener: (runs: Run[]) => void): () => void {
  return listen(runListeners, listener)
}

/** Hears of every snapshot: runs may have been missed before it. What it returns ends that. */
export function onSnapshot(listener: () => void): () => void {
  return listen(snapshotListeners, listener)
}

function listen<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener)
  begin()
  return () => listeners.delete(listener)
}

function begin(): void {
  if (begun) return
  begun = true
  document.addEventListener('visibilitychange', seen)
  window.addEventListener('online', reopen)
  open()
  // A page that is opened in the background hears of no change.
  if (document.visibilityState === 'hidden') seen()
}

function open(): void {
  letGo()
  const source = new EventSource(link('api/live'))
  stream = source
  watch()
  source.onerror = () => {
    if (source === stream) broken()
  }
  hear(source, 'snapshot', view => {
    setServerClock(view.now)
    show({ view, lost: null })
    for (const listener of snapshotListeners) listener()
  })
  hear(source, 'state', state => {
    setServerClock(state.now)
    show({ view: withState(now.view, state), lost: null })
  })
  hear(source, 'runs', runs => {
    show({ view: now.view && withRuns(now.view, runs), lost: null })
    for (const listener of runListeners) listener(runs)
  })
}

function hear<Name extends keyof LiveEvents>(
  source: EventSource,
  name: Name,
  take: (data: LiveEvents[Name]) => void,
): void {
  source.addEventListener(name, ({ data }: MessageEvent<string>) => {
    if (source !== stream) return
    failures = 0
    watch()
    take(JSON.parse(data))
  })
}

/** The browser's own way to try again gives up at the first answer that is an error. */
function broken(): void {
  letGo()
  show({ view: now.view, lost: now.lost ?? serverNow() })
  retry = window.setTimeout(open, Math.min(LONGEST, 1000 * 2 ** failures++))
}

function watch(): void {
  clearTimeout(watchdog)
  watchdog = window.setTimeout(broken, SILENCE)
}

/** Closes the stream until `reopen`: its connection is free for something more urgent. */
export function letGo(): void {
  stream?.close()
  stream = null
  clearTimeout(watchdog)
  clearTimeout(retry)
}

/** Opens the stream again where it is not there. */
export function reopen(): void {
  if (now.lost !== null || stream === null) open()
}

function seen(): void {
  clearTimeout(unseen)
  if (document.visibilityState === 'hidden') unseen = window.setTimeout(letGo, UNSEEN)
  else reopen()
}

function show(live: LiveView): void {
  now = live
  for (const watcher of watchers) watcher(live)
}
