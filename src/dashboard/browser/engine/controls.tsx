import { serverNow } from '../clock.ts'
import { clock } from '../time.tsx'
import { type Choice, SPANS } from './choice.ts'
import { exportLink } from './query.ts'
import { moved, type Stretch } from './stretch.ts'

export interface ControlsProps {
  engine: string
  choice: Choice
  /** The window that is shown; null before there is one. */
  shown: Stretch | null
  /** Points in the window. */
  total: number | null
  fields: readonly string[]
  /** Is a part of the window still being read? */
  pending: boolean | undefined
  change(by: Partial<Choice>): void
}

const MOVES = [
  ['Earlier', '←', 1, -0.5],
  ['Zoom out', '−', 2, 0],
  ['Zoom in', '+', 0.5, 0],
  ['Later', '→', 1, 0.5],
] as const

/** Which window is shown, and the way to others: by name, by zoom, as a file. */
export function Controls({ engine, choice, shown, total, fields, pending, change }: ControlsProps) {
  const { window } = choice
  const live = typeof window === 'string'
  return (
    <section class="card controls" aria-label="Window">
      <fieldset class="group">
        <legend>Window</legend>
        {SPANS.map(([name, words]) => (
          <button
            key={name}
            type="button"
            aria-pressed={window === name}
            onClick={() => change({ window: name })}
          >
            {words}
          </button>
        ))}
      </fieldset>
      <fieldset class="group">
        <legend>Move</legend>
        {MOVES.map(([name, sign, factor, shift]) => (
          <button
            key={name}
            type="button"
            aria-label={name}
            title={name}
            disabled={shown === null || (live && shift > 0)}
            onClick={() => shown && change({ window: moved(shown, factor, shift, serverNow()) })}
          >
            {sign}
          </button>
        ))}
        <button type="button" disabled={live} onClick={() => change({ window: '15m' })}>
          Back to live
        </button>
      </fieldset>
      <p class="shown quiet" aria-live="off">
        <span class={live ? 'live-window' : 'still-window'}>{live ? 'Live' : 'Still'}</span>{' '}
        {shown ? `${clock(shown.from)} – ${clock(shown.to)}` : ''}
        {total === null ? '' : ` · ${total.toLocaleString('en')} points`}
        {pending ? ' · reading the past …' : ''}
      </p>
      <details class="exports">
        <summary class="button">Export</summary>
        <ul class="plain">
          {EXPORTS.map(([what, words]) => (
            <li key={what}>
              <a download="" href={exportLink({ engine, what, window, fields })}>
                {words}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </section>
  )
}

const EXPORTS = [
  ['stats.csv', 'Numbers as CSV'],
  ['stats.ndjson', 'Numbers as NDJSON'],
  ['calls.csv', 'Calls as CSV'],
  ['calls.ndjson', 'Calls as NDJSON'],
] as const
