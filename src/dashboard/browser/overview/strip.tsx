import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Cell, ScheduleView } from '../../views.ts'
import { cellKey } from '../live-view.ts'
import { Time } from '../time.tsx'
import { SYMBOLS } from '../verdict.tsx'
import { cellAddress, cellLines } from './cell.ts'

/** Of a cell with the gap beside it, px: as in strip.css. */
const WIDTH = 10
/** In the cell of a call by hand. */
const BY_HAND = '▲'

/**
 * The newest slots of a schedule as cells, the newest at the right: as many as there is room for.
 * It is one stop of the Tab key; arrows move between the cells, Enter opens the run.
 */
export function Strip({ schedule, dated = false }: StripProps) {
  const list = useRef<HTMLDivElement>(null)
  const room = useRoom(list)
  const [active, setActive] = useState<string | null>(null)
  const cells = schedule.cells.slice(-room)
  const shown = cells.findIndex(cell => cellKey(cell) === active)
  const cell = cells[shown]

  const move = (event: KeyboardEvent) => {
    const last = cells.length - 1
    const from = shown === -1 ? last : shown
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key]
    if (event.key === 'Escape') setActive(null)
    if (to === undefined) return
    event.preventDefault()
    list.current?.querySelectorAll('a')[Math.min(last, Math.max(0, to))]?.focus()
  }
  const leave = () => setActive(null)

  return (
    <div class="strip">
      <div
        class="cells"
        ref={list}
        role="toolbar"
        aria-label={`Newest slots of ${schedule.id}`}
        onKeyDown={move}
        onMouseLeave={leave}
        onFocusOut={leave}
      >
        <Cells schedule={schedule} cells={cells} stop={cell ?? cells.at(-1)} show={setActive} />
      </div>
      {dated ? <Dates from={cells[0]} /> : null}
      {cell === undefined ? null : (
        <Tip cell={cell} fromRight={cells.length - 1 - shown} room={room} />
      )}
    </div>
  )
}

interface StripProps {
  schedule: ScheduleView
  /** With the time of its oldest cell below. */
  dated?: boolean
}

/** Its room is kept while there are no cells. */
function Dates({ from }: { from: Cell | undefined }) {
  return (
    <div class="dates quiet">
      <span>
        {from === undefined ? 'no slot has ended yet' : <Time at={from.slot ?? from.at} />}
      </span>
      <span aria-hidden="true">newest</span>
    </div>
  )
}

interface CellsProps {
  schedule: ScheduleView
  cells: readonly Cell[]
  /** Where the Tab key stops. */
  stop: Cell | undefined
  show(key: string): void
}

function Cells({ schedule, cells, stop, show }: CellsProps) {
  // A page of many schedules must not go through all of their cells every second.
  return useMemo(
    () =>
      cells.map(cell => {
        const key = cellKey(cell)
        return (
          <a
            key={key}
            class={`cell ${cell.verdict}${cell.manual ? ' manual' : ''}`}
            href={cellAddress(schedule, cell)}
            tabIndex={cell === stop ? 0 : -1}
            aria-label={cellLines(cell).join(', ')}
            onMouseEnter={() => show(key)}
            onFocus={() => show(key)}
          >
            {symbolOf(cell)}
          </a>
        )
      }),
    [schedule.cells, cells.length, stop],
  )
}

/** What is plain, hollow or striped says enough by that. */
export function symbolOf({ verdict, manual }: Pick<Cell, 'verdict' | 'manual'>): string {
  if (verdict === 'succeeded') return manual ? BY_HAND : ''
  return verdict === 'missed' || verdict === 'engine-stopped' ? '' : SYMBOLS[verdict]
}

function Tip({ cell, fromRight, room }: { cell: Cell; fromRight: number; room: number }) {
  const [word, ...rest] = cellLines(cell)
  // It grows towards the middle, so that it stays within the page.
  const left = fromRight > room / 2
  const offset = `${(left ? room - 1 - fromRight : fromRight) * WIDTH}px`
  return (
    <div class={`tip ${cell.verdict}`} style={left ? { left: offset } : { right: offset }}>
      <strong>
        <span aria-hidden="true">{SYMBOLS[cell.verdict]}</span> {word}
      </strong>
      {rest.map(line => (
        <span key={line}>{line}</span>
      ))}
      <span class="quiet">Enter or click: the whole run</span>
    </div>
  )
}

/** How many cells fit; none until it has been measured. */
function useRoom(element: { readonly current: HTMLElement | null }): number {
  const [room, setRoom] = useState(0)
  useLayoutEffect(() => {
    const { current } = element
    if (current === null) return
    const measure = () => setRoom(Math.max(1, Math.floor((current.clientWidth + 1) / WIDTH)))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [element])
  return room
}
