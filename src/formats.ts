import type { CommandContext } from './command.ts'
import { known } from './selection.ts'

export const FORMATS = ['table', 'csv', 'ndjson', 'json'] as const
export type Format = (typeof FORMATS)[number]

/** How a command is asked to print: as `--format` says, or `--json`. */
export function formatOf(argv: CommandContext['argv']): Format {
  if (argv.json === true) return 'ndjson'
  const format = argv.format ?? 'table'
  known('format', format, FORMATS)
  return format as Format
}
