import type { StatsView } from '../../views.ts'
import { Chart } from '../charts/chart.tsx'
import { column } from '../charts/drawing.ts'
import { breaksOf } from '../charts/gaps.ts'
import { number, tick } from '../charts/number.ts'
import { printable } from '../text.ts'
import { MOST, POSITION, usualFields } from './query.ts'

export interface FieldsProps {
  stats: StatsView
  /** Every field that the engine is known to send. */
  known: readonly string[]
  chosen: readonly string[]
  choose(fields: string[]): void
  onZoom(from: number, to: number): void
  onReset(): void
}

/** A chart for each other field: the first ones of an engine without a position, and the chosen ones. */
export function Fields({ stats, known, chosen, choose, onZoom, onReset }: FieldsProps) {
  const { from, to, at, columns, exact } = stats
  const breaks = breaksOf(at, columns)
  const usual = usualFields(known).filter(name => !inPosition(name))
  const shown = [...new Set([...usual, ...chosen.filter(name => !inPosition(name))])]
  const left = known.filter(name => !shown.includes(name) && !inPosition(name))
  return (
    <>
      {shown.map(name => (
        <Chart
          key={name}
          name={name}
          height={150}
          drawing={{
            from,
            to,
            at,
            breaks,
            lines: [
              {
                name,
                values: column(columns, name) ?? at.map(() => null),
                digits: column(exact, name),
                tone: 'accent',
              },
            ],
            write: number,
            tick,
          }}
          {...{ onZoom, onReset }}
        >
          {usual.includes(name) ? null : (
            <button
              type="button"
              class="small"
              aria-label={`Remove the chart of ${printable(name)}`}
              onClick={() => choose(chosen.filter(other => other !== name))}
            >
              Remove
            </button>
          )}
        </Chart>
      ))}
      {left.length > 0 && chosen.length < MOST ? (
        <p class="more">
          <label>
            Another chart{' '}
            <select
              value=""
              onChange={event => {
                const name = event.currentTarget.value
                event.currentTarget.value = ''
                if (name !== '') choose([...chosen, name])
              }}
            >
              <option value="">choose a field …</option>
              {left.map(name => (
                <option key={name} value={name}>
                  {printable(name)}
                </option>
              ))}
            </select>
          </label>
        </p>
      ) : null}
    </>
  )
}

function inPosition(name: string): boolean {
  return (POSITION as readonly string[]).includes(name)
}
