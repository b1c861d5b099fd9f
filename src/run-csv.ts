import { csvLine } from './csv.ts'
import type { Run } from './ledger/run.ts'

const COLUMNS = [
  ...['schedule', 'engine', 'job', 'slot', 'verdict', 'reason', 'latenessMs', 'durationMs'],
  ...['attempts', 'status', 'worker', 'at', 'manual', 'asked', 'request', 'count', 'to', 'detail'],
  'fence',
] as (keyof Run)[]

export const CSV_HEAD = csvLine(COLUMNS)

export function csvOfRun(run: Run): string {
  return csvLine(COLUMNS.map(column => run[column] ?? null))
}
