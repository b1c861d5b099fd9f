import { doublesOf } from '../../whole-number.ts'
import { type Exact, exactIn, isNumber, type Parts } from './parts.ts'

/** Numbers of one moment. */
export interface Row {
  /** Epoch ms. */
  at: number
  values: readonly (readonly [name: string, value: Exact])[]
}

/** Columns of one timeline at most: what an engine sends is its own affair, our memory is ours. */
const COLUMNS = 64

/**
 * Numbers over time by name, oldest first, with room to grow at both ends; NaN where there is none.
 * Of whole numbers beyond 2^53 the nearest doubles are what is drawn; what is left of them is kept in
 * further doubles, so that they can be told exactly in a few bytes.
 */
export class Timeline {
  #at = new Float64Array(0)
  #columns = new Map<string, Parts>()
  #start = 0
  #end = 0

  get length(): number {
    return this.#end - this.#start
  }

  /** Epoch ms; NaN when there is nothing. */
  get oldest(): number {
    return this.length === 0 ? Number.NaN : (this.#at[this.#start] as number)
  }

  get newest(): number {
    return this.length === 0 ? Number.NaN : (this.#at[this.#end - 1] as number)
  }

  /** Rows newer than all that are there, oldest first. */
  append(rows: readonly Row[]): void {
    this.#reserve(0, rows.length)
    this.#write(rows, this.#end)
    this.#end += rows.length
  }

  /** Rows older than all that are there, oldest first. */
  prepend(rows: readonly Row[]): void {
    this.#reserve(rows.length, 0)
    this.#start -= rows.length
    this.#write(rows, this.#start)
  }

  dropBefore(at: number): void {
    this.dropOldest(this.#find(at) - this.#start)
  }

  dropOldest(count: number): void {
    const start = Math.min(this.#end, this.#start + Math.max(0, count))
    this.#wipe(this.#start, start)
    this.#start = start
  }

  dropAfter(at: number): void {
    const end = this.#findAfter(at)
    this.#wipe(end, this.#end)
    this.#end = end
  }

  clear(): void {
    this.#at = new Float64Array(0)
    this.#columns.clear()
    this.#start = 0
    this.#end = 0
  }

  /** What lies in [from, to]; a view that is good until the timeline changes. */
  window(from: number, to: number): Window {
    return this.#slice(this.#find(from), this.#findAfter(to))
  }

  /** The newest number of a column before `at`; null where there is none. */
  before(name: string, at: number): Exact | null {
    const column = this.#columns.get(name)
    if (column === undefined) return null
    for (let index = this.#find(at) - 1; index >= this.#start; index--) {
      const value = exactIn(column, index)
      if (value !== null) return value
    }
    return null
  }

  #wipe(start: number, end: number): void {
    for (const part of [...this.#columns.values()].flat()) part.fill(Number.NaN, start, end)
  }

  #slice(start: number, end: number): Window {
    const columns = new Map<string, Float64Array>()
    const parts = new Map<string, Parts>()
    for (const [name, [nearest, ...left]] of this.#columns) {
      const drawn = nearest.subarray(start, end)
      if (!drawn.some(isNumber)) continue
      columns.set(name, drawn)
      parts.set(name, [drawn, ...left.map(part => part.subarray(start, end))])
    }
    const exact = (name: string, index: number) => exactIn(parts.get(name) ?? [NOTHING], index)
    const large = (name: string) => (parts.get(name)?.length ?? 0) > 1
    return { at: this.#at.subarray(start, end), columns, exact, large }
  }

  #write(rows: readonly Row[], start: number): void {
    for (const [index, { at, values }] of rows.entries()) {
      this.#at[start + index] = at
      for (const [name, value] of values) {
        const column = this.#columns.get(name) ?? this.#addColumn(name)
        if (column === null) continue
        if (typeof value === 'number') {
          column[0][start + index] = value
          continue
        }
        for (const [place, part] of doublesOf(value).entries()) {
          column[place] ??= this.#empty()
          column[place][start + index] = part
        }
      }
    }
  }

  #addColumn(name: string): Parts | null {
    if (this.#columns.size >= COLUMNS) return null
    const column: Parts = [this.#empty()]
    this.#columns.set(name, column)
    return column
  }

  #empty(): Float64Array {
    return new Float64Array(this.#at.length).fill(Number.NaN)
  }

  /** Room for so many more rows in front and behind; columns that have no number any more go. */
  #reserve(front: number, back: number): void {
    if (this.#start >= front && this.#end + back <= this.#at.length) return
    const needed = front + this.length + back
    const capacity = Math.max(1024, needed * 2)
    const start = front + ((capacity - needed) >> 1)
    const moved = (from: Float64Array) => {
      const to = new Float64Array(capacity).fill(Number.NaN)
      to.set(from.subarray(this.#start, this.#end), start)
      return to
    }
    const end = start + this.length
    const kept = [...this.#columns].filter(([, [nearest]]) => nearest.some(isNumber))
    this.#columns = new Map(
      kept.map(([name, [nearest, ...left]]) => {
        const needed = left.filter(part => part.some(isNumber))
        return [name, [moved(nearest), ...needed.map(moved)]]
      }),
    )
    this.#at = moved(this.#at)
    this.#start = start
    this.#end = end
  }

  /** Index of the first row at or after `at`. */
  #find(at: number): number {
    let [low, high] = [this.#start, this.#end]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#at[middle] as number) < at) low = middle + 1
      else high = middle
    }
    return low
  }

  #findAfter(at: number): number {
    let [low, high] = [this.#start, this.#end]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#at[middle] as number) <= at) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** A stretch of a timeline: columns as long as `at`, each with a number at least. */
export interface Window {
  at: Float64Array
  columns: Map<string, Float64Array>
  /** The number of a column at an index as it was sent; null where there is none. */
  exact(name: string, index: number): Exact | null
  /** May a column have numbers beyond 2^53, to which its doubles only come near? */
  large(name: string): boolean
}

const NOTHING = new Float64Array(0)
