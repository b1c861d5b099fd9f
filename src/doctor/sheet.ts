import { jsonLine, paint, printable, table } from '../terminal.ts'
import type { Finding, Level } from './finding.ts'
import { many } from './plural.ts'

const TONES = { ok: paint.green, warning: paint.yellow, failure: paint.red }

/** For programs: one object per line. */
export function findingLines(findings: readonly Finding[]): string {
  return findings.map(jsonLine).join('')
}

/** For people: what was found, what to do, and the sum. `plain` for a terminal without UTF-8. */
export function findingSheet(
  findings: readonly Finding[],
  plain: boolean,
  width = Infinity,
): string {
  const marks = plain
    ? { ok: 'ok', warning: '!', failure: 'x', arrow: '->' }
    : { ok: '✓', warning: '!', failure: '✗', arrow: '→' }
  const rows = findings.flatMap(({ check, level, found, advice }) => [
    [TONES[level](marks[level]), check, printable(found)],
    ...(advice === null ? [] : [['', '', paint.bold(`${marks.arrow} ${printable(advice)}`)]]),
  ])
  const count = (level: Level) => findings.filter(finding => finding.level === level).length
  const sum = `${many(count('failure'), 'failure')}, ${many(count('warning'), 'warning')}, ${count('ok')} fine`
  return `${table(['', 'check', 'found'], rows, width)}\n\n${sum}\n`
}

/** Does the locale of this environment write other characters than UTF-8? */
export function isPlain(env: Record<string, string | undefined>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return locale !== '' && !/utf-?8/i.test(locale)
}
