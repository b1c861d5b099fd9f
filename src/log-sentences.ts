import type { EventMap } from './events.ts'
import type { Run } from './ledger/run.ts'
import { moment, printable } from './terminal.ts'

/** A run as people read it in the log; `at` writes the time of its slot. */
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

export function pauseSentence({ target, since, by, reason }: EventMap['paused'][0]): string {
  return printable(`${target} has been paused since ${moment(since)} by ${by}: ${reason}`)
}

export function resumeSentence({ target, by, reason }: EventMap['resumed'][0]): string {
  const how = by === null ? 'is no longer paused' : `was resumed by ${by}`
  const why = reason === null ? '' : `: ${reason}`
  return printable(`${target} ${how}${why}`)
}
