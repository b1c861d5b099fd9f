import type { Tone } from './colours.ts'

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
export function column(
  columns: Readonly<Record<string, (number | null)[]>>,
  name: string,
): (number | null)[] | null {
  return Object.hasOwn(columns, name) ? (columns[name] ?? null) : null
}

/** A line's value at a point: where another line's point is, its own last one. */
export function valueAt(line: Line, index: number): number | null {
  for (let at = Math.min(index, line.values.length - 1); at >= 0; at--) {
    const value = line.values[at]
    if (value !== null && value !== undefined) return value
  }
  return null
}

/** The lines that people read: an overlay repeats another one. */
export function readable(lines: readonly Line[]): Line[] {
  return lines.filter(({ kind }) => kind !== 'overlay')
}
