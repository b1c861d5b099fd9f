/** Numbers of one moment. */
export interface Row {
  /** Epoch ms. */
  at: number
  values: readonly (readonly [name: string, value: number])[]
}

/** Columns of one timeline at most: what an engine sends is its own affair, our memory is ours. */
const COLUMNS = 64

/** Numbers over time by name, oldest first, with room to grow at both ends; NaN where there is none. */
export class Timeline {
  #at = new Float64Array(0)
  #columns = new Map<string, Float64Array>()
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
    for (const column of this.#columns.values()) column.fill(Number.NaN, this.#start, start)
    this.#start = start
  }

  dropAfter(at: number): void {
    const end = this.#findAfter(at)
    for (const column of this.#columns.values()) column.fill(Number.NaN, end, this.#end)
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
  before(name: string, at: number): number | null {
    const column = this.#columns.get(name)
    if (column === undefined) return null
    for (let index = this.#find(at) - 1; index >= this.#start; index--) {
      const value = column[index] as number
      if (!Number.isNaN(value)) return value
    }
    return null
  }

  #slice(start: number, end: number): Window {
    const columns = new Map<string, Float64Array>()
    for (const [name, column] of this.#columns) {
      const part = column.subarray(start, end)
      if (part.some(isNumber)) columns.set(name, part)
    }
    return { at: this.#at.subarray(start, end), columns }
  }

  #write(rows: readonly Row[], start: number): void {
    for (const [index, { at, values }] of rows.entries()) {
      this.#at[start + index] = at
      for (const [name, value] of values) {
        const column = this.#columns.get(name) ?? this.#addColumn(name)
        if (column !== null) column[start + index] = value
      }
    }
  }

  #addColumn(name: string): Float64Array | null {
    if (this.#columns.size >= COLUMNS) return null
    const column = new Float64Array(this.#at.length).fill(Number.NaN)
    this.#columns.set(name, column)
    return column
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
    const kept = [...this.#columns].filter(([, column]) => column.some(isNumber))
    this.#columns = new Map(kept.map(([name, column]) => [name, moved(column)]))
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
}

function isNumber(value: number): boolean {
  return !Number.isNaN(value)
}
