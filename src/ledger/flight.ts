import { nameOf } from '../process-name.ts'
import { parseMark } from './mark.ts'

/** Who holds the lease. */
export interface Flight {
  /** The slot, or when a call by hand was asked. */
  key: number
  worker: string
  fence: number
  /** When the request went out; null while it is held until its slot. */
  since: number | null
  /** The call was given up and the engine may still be executing it: nobody calls before `until`. */
  settling: boolean
  /** When the lease expires at the latest. */
  until: number
}

/** A call that is to be made has begun this long after its slot, ms. */
const SETTLED = 2000

/** What a lease, how long it lives on (ms), and the marks of its schedule say; null for no lease. */
export function flightOf(
  lease: Readonly<Record<string, string>>,
  left: number,
  marks: Readonly<Record<string, string | undefined>>,
): Flight | null {
  const { token, worker = '', key = '0', fence = '0' } = lease
  if (token === undefined || left < 0) return null
  const mark = [marks[key], marks[`m${key}`]].map(parseMark).find(mark => mark?.token === token)
  const now = Date.now()
  const slot = Number(key)
  // The mark is left a moment before the slot, and its call waits for the slot.
  const since = mark?.state === 'sent' && now >= slot ? Math.max(mark.at, slot) : null
  return {
    key: slot,
    worker: nameOf(worker),
    fence: Number(fence),
    since,
    // The mark goes with the verdict, while the lease of an unknown one is kept.
    settling: since === null && slot + SETTLED < now,
    until: now + left,
  }
}
