import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Run } from '../../../ledger/run.ts'
import type { RunsView } from '../../views.ts'
import { useFetched } from '../fetched.ts'
import { onRuns, onSnapshot } from '../live.ts'
import { link } from '../place.ts'
import { nameOf, timeOf } from './name.ts'
import { filterOf, fits, type RunsQuery } from './query.ts'

/** Runs on a page. */
const PAGE = 50
/** Runs that came live and stand above the page before it is fetched anew. */
const MOST = 200
/** What was heard is shown together, ms. */
const BEAT = 250

/** The page that is asked for and, on the newest, what is recorded from then on unless it is to `hold`. */
export function useRuns(query: RunsQuery, hold: boolean) {
  const filter = filterOf(query)
  const url = link('api/runs', { ...filter, limit: PAGE, cursor: query.cursor })
  const { data, error, loading, again } = useFetched<RunsView>(url)
  const live = query.cursor === null
  const { above, held } = useAbove({ query, url, data, hold, again })
  const rows = useMemo(() => (live ? merged(data, above) : (data?.runs ?? [])), [live, data, above])
  const fresh = useMemo(() => new Set(above.map(nameOf)), [above])
  return { rows, fresh, held, filter, page: data, error, loading, again }
}

interface Above {
  query: RunsQuery
  url: string
  data: RunsView | null
  hold: boolean
  again: () => void
}

/** What is recorded after the page was fetched: `above` it, or `held` back, of which there is a number. */
function useAbove({ query, url, data, hold, again }: Above) {
  const [above, setAbove] = useState<readonly Run[]>([])
  const [held, setHeld] = useState(0)
  const waiting = useRef<Run[]>([])
  /** More than can be added one by one: the page has to be fetched. */
  const stale = useRef(false)
  const now = useRef({ query, hold })
  now.current = { query, hold }

  const show = useCallback(() => {
    if (now.current.hold) return setHeld(waiting.current.length)
    const some = waiting.current.splice(0)
    setHeld(0)
    if (stale.current) again()
    else if (some.length > 0) setAbove(before => [...before, ...some].slice(-2 * MOST))
    stale.current = false
  }, [again])

  // Another page begins with nothing above it
  useEffect(() => {
    setAbove([])
    setHeld(0)
    waiting.current = []
    stale.current = false
  }, [url])

  useEffect(() => {
    const timer = setInterval(() => {
      if (waiting.current.length > 0 || stale.current) show()
    }, BEAT)
    const deaf = [
      onRuns(runs => {
        if (now.current.query.cursor !== null) return
        const fitting = runs.filter(run => fits(run, now.current.query))
        waiting.current.push(...fitting)
        if (waiting.current.length > MOST) stale.current = true
        waiting.current.splice(0, waiting.current.length - MOST)
      }),
      onSnapshot(() => {
        if (now.current.query.cursor === null) stale.current = true
      }),
    ]
    return () => {
      clearInterval(timer)
      for (const end of deaf) end()
    }
  }, [show])

  // What a fetched page has, or has left behind, need not stand above it.
  useEffect(() => {
    const newest = Math.max(0, ...(data?.runs ?? []).map(run => run.at))
    const known = new Set(data?.runs.map(nameOf))
    setAbove(before => before.filter(run => run.at >= newest - 1000 && !known.has(nameOf(run))))
  }, [data])

  useEffect(() => {
    if (above.length > MOST) again()
  }, [above.length > MOST, again])

  return { above, held }
}

/** Newest first, none twice, and nothing that belongs to the next page. */
function merged(page: RunsView | null, above: readonly Run[]): Run[] {
  if (page === null) return []
  const rows = new Map<string, Run>(page.runs.map(run => [nameOf(run), run]))
  const last = page.runs.at(-1)
  const end = page.next === null || last === undefined ? Number.NEGATIVE_INFINITY : timeOf(last)
  for (const run of above) {
    const id = nameOf(run)
    if (rows.has(id) || timeOf(run) < end) continue
    rows.set(id, run)
  }
  return [...rows.values()].sort((a, b) => timeOf(b) - timeOf(a))
}
