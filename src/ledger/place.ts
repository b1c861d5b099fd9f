import { z } from 'zod'
import type { Run } from './run.ts'

/** Where a run stands in the ledger of all schedules. */
export interface Place {
  /** The slot, or when a call by hand was asked: epoch ms. */
  key: number
  schedule: string
  manual: boolean
}

/** Newest first; of the same moment by schedule, slots before calls by hand. No two are equal. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.key !== b.key) return b.key - a.key
  if (a.schedule !== b.schedule) return a.schedule < b.schedule ? -1 : 1
  return Number(a.manual) - Number(b.manual)
}

const Written = z.tuple([z.number().finite(), z.string(), z.boolean()])

/** A place as a text that says nothing to anybody else. */
export function writePlace({ key, schedule, manual }: Place): string {
  return Buffer.from(JSON.stringify([key, schedule, manual])).toString('base64url')
}

/** Null for what is none. */
export function readPlace(text: string): Place | null {
  try {
    const { data } = Written.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    if (data === undefined) return null
    const [key, schedule, manual] = data
    return { key, schedule, manual }
  } catch {
    return null
  }
}

/** A run as it is filed at `place`: what was written before calls by hand said when they were asked does not say. */
export function filed(run: Run, { key, manual }: Place): Run {
  return manual && run.asked === undefined ? { ...run, asked: key } : run
}
