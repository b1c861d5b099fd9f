import { useState } from 'preact/hooks'
import type { OverviewView } from '../../views.ts'
import { useLive } from '../live.ts'
import { printable } from '../text.ts'
import { Time } from '../time.tsx'
import { ActionButtons, ReadOnlyHint } from './acting.tsx'
import { ActingDialog } from './acting-dialog.tsx'

/** What is paused now, and a way to act on anything there is. */
export function ActionsOn() {
  const { view } = useLive()
  // Its dialog stays when what it resumed has left the list.
  const [resumed, setResumed] = useState<Target | null>(null)
  if (view === null) return <section class="card on" aria-label="Act" aria-busy="true" />
  return (
    <section class="card on" aria-label="Act">
      <Paused view={view} resume={setResumed} />
      {view.write ? <Chosen view={view} /> : <ReadOnlyHint write={false} />}
      {resumed === null ? null : (
        <ActingDialog action="resume" {...resumed} paused onClose={() => setResumed(null)} />
      )}
    </section>
  )
}

interface Target {
  target: string
  engine: boolean
}

interface PausedProps {
  view: OverviewView
  resume: (target: Target) => void
}

function Paused({ view, resume }: PausedProps) {
  const all = pausesOf(view)
  if (all.length === 0) return <p>Nothing is paused.</p>
  return (
    <ul class="paused" aria-label="Paused now">
      {all.map(({ target, engine, reason, by, since }) => (
        <li key={target}>
          <span>
            <strong>{printable(target)}</strong> has been paused since <Time at={since} />
            {by === '' ? '' : ` by ${printable(by)}`}: {printable(reason)}
          </span>
          {view.write ? (
            <button
              type="button"
              aria-label={`Resume ${printable(target)}`}
              onClick={() => resume({ target, engine })}
            >
              Resume …
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

function Chosen({ view }: { view: OverviewView }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const schedules = view.schedules.map(({ id }) => id)
  const engines = view.engines.map(({ id }) => id)
  const target = [...schedules, ...engines].find(id => id === chosen) ?? schedules[0]
  if (target === undefined) {
    return <p class="quiet">Nothing is declared yet: start a producer.</p>
  }
  const engine = engines.includes(target)
  const paused = new Set(pausesOf(view).map(pause => pause.target))
  const owner = view.schedules.find(({ id }) => id === target)?.engine ?? ''
  return (
    <div class="chosen">
      <label class="field">
        <span>Act on</span>
        <select value={target} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
          <optgroup label="Schedules">
            {schedules.map(id => (
              <option key={id} value={id}>
                {printable(id)}
              </option>
            ))}
          </optgroup>
          <optgroup label="Engines, with all their schedules">
            {engines.map(id => (
              <option key={id} value={id}>
                {printable(id)}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <ActionButtons
        key={target}
        target={target}
        engine={engine}
        paused={paused.has(target)}
        enginePaused={paused.has(owner)}
        write={view.write}
      />
    </div>
  )
}

function pausesOf({ engines, schedules }: OverviewView) {
  return [
    ...engines.flatMap(({ id, paused }) =>
      paused === null ? [] : [{ ...paused, target: id, engine: true }],
    ),
    ...schedules.flatMap(({ id, paused }) =>
      paused.filter(({ target }) => target === id).map(pause => ({ ...pause, engine: false })),
    ),
  ]
}
