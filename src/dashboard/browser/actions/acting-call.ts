import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Run } from '../../../ledger/run.ts'
import type { ActedView, RunsView } from '../../views.ts'
import { serverNow } from '../clock.ts'
import { messageOf, send } from '../fetched.ts'
import { letGo, onRuns, reopen } from '../live.ts'
import { link } from '../place.ts'
import type { ActionName } from './acting-words.ts'

/** What is not answered so soon may be waiting for a free connection, ms. */
const STUCK = 1000
/** The ledger is asked as well this often, for what the stream did not bring, ms. */
const PERIOD = 4000
/** A worker takes a call up within a minute, and then has its time-out: nothing is waited for longer, ms. */
const LONGEST = 180_000

/** How far something asked for has come. */
export type Stage =
  | { at: 'asking'; error: string | null }
  | { at: 'sending' }
  /** For the run that comes of a trigger. */
  | { at: 'waiting'; remarks: readonly string[] }
  | { at: 'done'; remarks: readonly string[]; run: Run | null }

const listeners = new Set<() => void>()

/** Hears when something has been done from this page; what it returns ends that. */
export function onActed(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Does one action, and follows a trigger to its run. */
export function useActing(action: ActionName, target: string) {
  const [stage, setStage] = useState<Stage>({ at: 'asking', error: null })
  const over = useRef(new AbortController())
  useEffect(() => () => over.current.abort(), [])

  const act = useCallback(
    async (reason: string) => {
      const { signal } = over.current
      setStage({ at: 'sending' })
      const since = serverNow()
      const heard: Run[] = []
      // Before it is asked: the run may be there before the answer is.
      const deaf = onRuns(runs => heard.push(...runs.filter(run => run.manual)))
      signal.addEventListener('abort', deaf)
      try {
        const answer = await ask({ action, target, reason })
        if (!answer.ok) return setStage({ at: 'asking', error: refusal(answer) })
        for (const listener of listeners) listener()
        const { id, remarks } = answer.body as ActedView
        if (action !== 'trigger') return setStage({ at: 'done', remarks, run: null })
        setStage({ at: 'waiting', remarks })
        const run = await outcome({ id, since, target, heard, signal })
        if (!signal.aborted) setStage({ at: 'done', remarks, run })
      } finally {
        deaf()
      }
    },
    [action, target],
  )
  return { stage, act }
}

/** With several pages open, all connections that a browser allows may be taken: one is ours. */
async function ask(wish: { action: ActionName; target: string; reason: string }) {
  const stuck = setTimeout(letGo, STUCK)
  try {
    return await send(link('api/actions'), wish)
  } finally {
    clearTimeout(stuck)
    reopen()
  }
}

function refusal(answer: Awaited<ReturnType<typeof send>>): string {
  const said = messageOf(answer)
  if (answer.status !== 0) return said
  return `${said} It may have been done all the same: look before you repeat it.`
}

interface Wait {
  id: string
  /** It was asked after this, epoch ms of the server. */
  since: number
  target: string
  /** Grows as runs are heard of. */
  heard: readonly Run[]
  signal: AbortSignal
}

/** The run that answers the request; null when there is none in time, or nobody waits any longer. */
async function outcome({ id, since, target, heard, signal }: Wait): Promise<Run | null> {
  const answers = (run: Run) =>
    run.request === id ||
    // The books know no request of a call whose worker was lost.
    (run.schedule === target && run.request === undefined && (run.asked ?? 0) > since)
  const end = Date.now() + LONGEST
  for (let looked = Date.now(); Date.now() < end && !signal.aborted; await moment()) {
    const run = heard.find(answers)
    if (run !== undefined) return run
    if (Date.now() - looked < PERIOD) continue
    const found = (await newest(target, signal)).find(answers)
    if (found !== undefined) return found
    looked = Date.now()
  }
  return null
}

function moment(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 100))
}

async function newest(schedule: string, signal: AbortSignal): Promise<readonly Run[]> {
  try {
    const response = await fetch(link('api/runs', { schedule, limit: 100 }), { signal })
    return response.ok ? ((await response.json()) as RunsView).runs : []
  } catch {
    return []
  }
}
