import type { Run } from './run.ts'

/** What the newest slots of a schedule say; null where none says anything. */
export interface Recent {
  latenessP50: number | null
  latenessP99: number | null
  latenessMax: number | null
  /** Share that succeeded, from 0 to 1; what was skipped on purpose does not count. */
  successRate: number | null
}

/** Why a slot is skipped because somebody wants it so. */
const ON_PURPOSE: ReadonlySet<string | null> = new Set(['paused', 'dry-run'])

/** What of a run goes into the sum. */
export type Summed = Pick<Run, 'verdict' | 'reason' | 'latenessMs' | 'attempts'>

/** Sums up how slots ended. A second attempt is sent when its wait is over: that is no lateness. */
export function recentOf(slots: readonly Summed[]): Recent {
  const late = slots
    .flatMap(({ latenessMs, attempts }) => (attempts > 1 ? [] : (latenessMs ?? [])))
    .sort((a, b) => a - b)
  const counted = slots.filter(({ reason }) => !ON_PURPOSE.has(reason))
  const succeeded = counted.filter(({ verdict }) => verdict === 'succeeded')
  return {
    latenessP50: percentile(late, 50),
    latenessP99: percentile(late, 99),
    latenessMax: late.at(-1) ?? null,
    successRate: counted.length === 0 ? null : succeeded.length / counted.length,
  }
}

/** The smallest value that `percent` of the sorted ones do not exceed. */
function percentile(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? null
}
