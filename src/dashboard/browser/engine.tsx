import './base.css'
import './engine.css'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { CallsView, StatsView } from '../views.ts'
import { Calls } from './engine/calls.tsx'
import { useChoice } from './engine/choice.ts'
import { Controls } from './engine/controls.tsx'
import { Fields } from './engine/fields.tsx'
import { useFollow } from './engine/follow.ts'
import { EngineHeader } from './engine/header.tsx'
import { Position } from './engine/position.tsx'
import { askedFields, pointsFor, seriesLink } from './engine/query.ts'
import { type Fetched, useFetched } from './fetched.ts'
import { show } from './frame.tsx'
import { link } from './place.ts'
import { Trouble } from './trouble.tsx'
import { Waiting } from './waiting.tsx'

/** While the server still reads the past, it is asked again after this long, ms. */
const PENDING = 500

const ENGINE = engineHere()
document.title = `${ENGINE} · hft-scheduler`
show('engine', Engine)

function Engine() {
  const [choice, change] = useChoice()
  const [known, setKnown] = useState<readonly string[]>([])
  const points = useMemo(() => pointsFor(Math.min(1280, innerWidth)), [])
  const { window, log } = choice
  const fields = askedFields(known, choice.fields)
  const common = { engine: ENGINE, window, points }
  const stats = useFetched<StatsView>(seriesLink({ ...common, what: 'stats', fields }))
  const calls = useFetched<CallsView>(seriesLink({ ...common, what: 'calls' }))
  const again = () => {
    if (!stats.loading) stats.again()
    if (!calls.loading) calls.again()
  }
  // A window without points has no fields; what was known of the engine is still so.
  const found = stats.data?.fields ?? []
  const newer = found.some(name => !known.includes(name))
  useEffect(() => {
    if (newer) setKnown([...new Set([...known, ...found])])
  }, [newer])
  useRest(stats)
  useRest(calls)
  useFollow(ENGINE, typeof window === 'string', again)

  const error = stats.error ?? calls.error
  const zooming = {
    onZoom: (from: number, to: number) => change({ window: { from, to } }),
    onReset: () => change({ window: '15m' }),
  }
  return (
    <>
      <EngineHeader id={ENGINE} />
      <Controls
        engine={ENGINE}
        shown={stats.data ?? calls.data}
        total={stats.data?.total ?? null}
        pending={stats.data?.pending || calls.data?.pending}
        {...{ choice, change, fields }}
      />
      {error === null ? null : <Trouble {...{ error, again }} />}
      {stats.data === null && calls.data === null && error === null ? <Waiting /> : null}
      {stats.data?.total === 0 ? (
        <p class="note">
          {window === 'all'
            ? 'This engine has sent no numbers yet: they come with its answers.'
            : 'This engine has sent no numbers in this window.'}
        </p>
      ) : null}
      {stats.data && known.includes('price_current') ? (
        <Position stats={stats.data} {...zooming} />
      ) : null}
      {calls.data ? (
        <Calls calls={calls.data} log={log} setLog={to => change({ log: to })} {...zooming} />
      ) : null}
      {stats.data && known.length > 0 ? (
        <Fields
          stats={stats.data}
          chosen={choice.fields}
          choose={chosen => change({ fields: chosen })}
          {...{ known, ...zooming }}
        />
      ) : null}
    </>
  )
}

/** Asks again while the server has read a part of the past only. */
function useRest({ data, again }: Fetched<{ pending: boolean }>): void {
  useEffect(() => {
    const timer = data?.pending ? setTimeout(again, PENDING) : undefined
    return () => clearTimeout(timer)
  }, [data])
}

/** The engine that the page's address names. */
function engineHere(): string {
  const name = location.pathname.slice(link('engines/').length)
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
