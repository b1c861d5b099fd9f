import type { Tone } from './colours.ts'
import { whole } from './number.ts'

/** What a chart shows; times in epoch ms, everything as long as `at`. */
export interface Drawing {
  /** The window, whether or not there are points at its edges. */
  from: number
  to: number
  at: readonly number[]
  lines: readonly Line[]
  /** Two of the lines between which the ground is shaded: the upper one, the lower one. */
  band?: readonly [number, number]
  marks?: readonly Mark[]
  /** Times through which no line is drawn. */
  breaks?: readonly number[]
  /** How a value is written, e.g. with its unit. */
  write(value: number): string
  /** How it is written beside an axis whose lines are `step` apart. */
  tick(value: number, step: number): string
  /** Equal factors look alike, from 1 on; below that equal differences do. */
  log?: boolean
  /** The axis begins at 0. */
  fromZero?: boolean
}

export interface Line {
  name: string
  values: readonly (number | null)[]
  /** Digits of numbers that `values` only come near; null where they are exact. */
  digits?: readonly (string | null)[] | null
  tone: Tone
  dash?: readonly number[]
  /** An `edge` is thin; an `overlay` marks parts of another line. Default: `line`. */
  kind?: 'line' | 'edge' | 'overlay'
}

/** Something that happened at a moment. */
export interface Mark {
  at: number
  text: string
}

/** Lines told apart by colour and by dashes. */
const LOOKS: readonly Pick<Line, 'tone' | 'dash'>[] = [
  { tone: 'accent' },
  { tone: 'wait', dash: [6, 3] },
  { tone: 'doubt', dash: [2, 3] },
  { tone: 'good', dash: [9, 3, 2, 3] },
  { tone: 'bad', dash: [12, 4] },
  { tone: 'quiet', dash: [4, 4] },
]

/** The look of the `index`-th line of many. */
export function look(index: number): Pick<Line, 'tone' | 'dash'> {
  return LOOKS[index % LOOKS.length] as Pick<Line, 'tone' | 'dash'>
}

/** A column by its name, whatever that is: names are the engine's own. */
export function column<Value>(
  columns: Readonly<Record<string, Value[]>>,
  name: string,
): Value[] | null {
  return Object.hasOwn(columns, name) ? (columns[name] ?? null) : null
}

/** Where a line's value at a point stands: where another line's point is, its own last one. */
export function placeOf(line: Line, index: number): number | null {
  for (let at = Math.min(index, line.values.length - 1); at >= 0; at--) {
    if (typeof line.values[at] === 'number') return at
  }
  return null
}

/** A line's value at a place, digit by digit where it is beyond what a double holds. */
export function written(line: Line, place: number | null, write: Drawing['write']): string | null {
  const value = place === null ? null : line.values[place]
  if (place === null || value === null || value === undefined) return null
  const digits = line.digits?.[place]
  return digits ? whole(digits) : write(value)
}

/** The lines that people read: an overlay repeats another one. */
export function readable(lines: readonly Line[]): Line[] {
  return lines.filter(({ kind }) => kind !== 'overlay')
}
