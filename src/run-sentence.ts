import type { Run } from './ledger/run.ts'

/** How a run ended, in a line of the log; `at` writes a time. */
export function sentence(run: Run, at: (time: number) => string): string {
  const slot = run.slot === null ? 'by hand' : at(run.slot)
  const why = run.reason === null ? '' : ` (${run.reason})`
  const times = [
    run.latenessMs === null ? '' : `${run.latenessMs} ms late`,
    run.durationMs === null ? '' : `took ${Math.round(run.durationMs)} ms`,
    run.attempts > 1 ? `${run.attempts} attempts` : '',
  ].filter(part => part !== '')
  return [`${run.schedule} ${slot} ${run.verdict}${why}`, ...times].join(', ')
}
