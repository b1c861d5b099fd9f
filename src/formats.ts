import { type CommandContext, UserError } from './command.ts'

export const FORMATS = ['table', 'csv', 'ndjson', 'json'] as const
export type Format = (typeof FORMATS)[number]

/** How a command is asked to print: as `--format` says, or `--json`. */
export function formatOf({ format = 'table', json }: CommandContext['argv']): Format {
  if (json !== true) return format as Format
  // The table is what there is without --format.
  if (format === 'table' || format === 'ndjson') return 'ndjson'
  const message = `--json and --format ${format} contradict each other: give one of them`
  throw new UserError(message, { exitCode: 2 })
}
