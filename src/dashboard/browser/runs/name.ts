import type { Run } from '../../../ledger/run.ts'

/** What names a run in addresses, and tells it from all others: `<schedule>/<slot>`, or `m` and when a call by hand was asked. */
export function nameOf({ schedule, slot, asked, at }: Run): string {
  return `${schedule}/${slot ?? `m${asked ?? at}`}`
}

/** What it is filed under: its slot, or when it was asked. Epoch ms. */
export function timeOf({ slot, asked, at }: Run): number {
  return slot ?? asked ?? at
}
