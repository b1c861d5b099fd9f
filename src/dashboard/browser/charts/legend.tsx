import { printable } from '../text.ts'
import { Time } from '../time.tsx'
import { type Line, placeOf, readable, written } from './drawing.ts'

export interface LegendProps {
  lines: readonly Line[]
  at: readonly number[]
  /** Where the cursor is; the newest point where it is nowhere. */
  index: number | null
  hidden: ReadonlySet<string>
  onToggle(name: string): void
  write(value: number): string
}

/** What each line is, its value at the cursor, and a button that hides it. */
export function Legend({ lines, at, index, hidden, onToggle, write }: LegendProps) {
  const here = index ?? at.length - 1
  const time = at[here]
  return (
    <div class="legend">
      <span class="legend-time quiet">
        {time === undefined ? '' : <Time at={time} />} {index === null ? 'newest' : 'at the cursor'}
      </span>
      {readable(lines).map(line => {
        const value = written(line, placeOf(line, here), write)
        const shown = !hidden.has(line.name)
        return (
          <button
            key={line.name}
            type="button"
            class="legend-line"
            aria-pressed={shown}
            title={`${shown ? 'Hide' : 'Show'} ${printable(line.name)}`}
            onClick={() => onToggle(line.name)}
          >
            <Swatch line={line} />
            <span class="legend-name">{printable(line.name)}</span>
            <span class="legend-value">{value ?? '–'}</span>
          </button>
        )
      })}
    </div>
  )
}

function Swatch({ line }: { line: Line }) {
  return (
    <svg class="swatch" viewBox="0 0 22 8" aria-hidden="true">
      <line
        x1="0"
        y1="4"
        x2="22"
        y2="4"
        stroke-width={line.kind === 'edge' ? 1.5 : 2.5}
        stroke-dasharray={line.dash?.join(' ')}
        style={{ stroke: `var(--${line.tone})` }}
      />
    </svg>
  )
}
