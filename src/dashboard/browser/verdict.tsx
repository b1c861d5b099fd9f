import type { Cell } from '../views.ts'
import { printable } from './text.ts'

export type VerdictName = Cell['verdict']

/** What stands for a verdict where there is no room for its word; no two look alike without colour. */
export const SYMBOLS: Readonly<Record<VerdictName, string>> = {
  succeeded: '✓',
  failed: '✕',
  unknown: '?',
  'engine-stopped': '■',
  skipped: '–',
  missed: '○',
}

/** A verdict as a badge: symbol, word and, where there is one, the reason. */
export function Verdict({ verdict, reason }: { verdict: VerdictName; reason?: string | null }) {
  return (
    <span class={`badge ${verdict}`}>
      <span aria-hidden="true">{SYMBOLS[verdict]}</span>
      {verdict}
      {reason ? <span class="reason">{printable(reason)}</span> : null}
    </span>
  )
}
