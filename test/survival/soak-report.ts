import { VERDICTS } from '../../src/ledger/run.ts'
import { paint, span, table } from '../../src/terminal.ts'
import type { SoakBooks } from './soak-books.ts'
import type { SoakEngine } from './soak-engine.ts'
import type { Recovery } from './soak-recovery.ts'
import type { Violations } from './soak-violations.ts'

/** Taken while all was quiet: MB, keys in Redis, connections at the engine. */
export interface Measures {
  memory: number[]
  keys: number[]
  connections: number[]
}

interface Results {
  seed: number
  took: number
  recovery: Recovery
  books: readonly SoakBooks[]
  engine: SoakEngine
  measures: Measures
  violations: Violations
}

/** What happened, as tables for people. */
export function report(results: Results): string {
  const { seed, took, recovery, books, engine, measures, violations } = results
  const sum = (of: (each: SoakBooks) => number) => books.reduce((all, each) => all + of(each), 0)
  const faults = recovery.rows().map(([kind, count, measured, median, longest]) => {
    return [kind, String(count), String(measured), seconds(median), seconds(longest)]
  })
  const verdicts = VERDICTS.map(verdict => [verdict, String(sum(each => each.sum(verdict)))])
  const must = (value: number) => (value === 0 ? paint.green : paint.red)(String(value))
  const sorted = [...engine.latenesses].sort((a, b) => a - b)
  const at = (part: number) => `${sorted[Math.floor((sorted.length - 1) * part)] ?? '-'}`
  const { memory, keys, connections } = measures
  return [
    '',
    table(['fault', 'injected', 'measured', 'median recovery', 'longest'], faults),
    '',
    table(
      ['slots', 'count'],
      [
        ['due', String(sum(each => each.due))],
        ...verdicts,
        ['lost with everything flushed', String(sum(each => each.sum('lost')))],
        ['unaccounted', must(sum(each => each.unaccounted))],
      ],
    ),
    '',
    table(
      ['invariant', 'violations'],
      [
        ['I1 overlaps', must(violations.of('I1'))],
        ['I2 double sends', must(violations.of('I2'))],
        ['I3 verdicts', must(violations.of('I3'))],
        ['I4 recovery', must(violations.of('I4'))],
        ['I5 ends and leaks', must(violations.of('I5'))],
        ['sent before its slot', must(violations.of('early'))],
        ['sent again after an answer that allows it', String(engine.counts.repeated)],
        ['sent late by a stopped worker, refused by the fence', String(engine.counts.stale)],
      ],
    ),
    '',
    `${recovery.faults} faults in ${span(took)}, seed ${seed}; ${engine.calls.length} calls arrived`,
    `lateness, with retries: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    `worker memory ${memory.map(mb => mb.toFixed()).join(' ')} MB`,
    `keys in Redis ${keys.join(' ')}; connections at the engine ${connections.join(' ')}`,
    violations.total === 0 ? paint.green('nothing was violated') : paint.red('violated'),
    '',
  ].join('\n')
}

/** Keeps one line of progress up to date on a terminal; elsewhere a new one every 30 s. */
export function progress(line: () => string): { stop(): void } {
  const { isTTY } = process.stdout
  const write = () => process.stdout.write(isTTY ? `\r\u001b[K${line()}` : `${line()}\n`)
  const timer = setInterval(write, isTTY ? 1000 : 30_000)
  return {
    stop() {
      clearInterval(timer)
      if (isTTY) process.stdout.write('\n')
    },
  }
}

function seconds(ms: number): string {
  return Number.isNaN(ms) ? '-' : `${(ms / 1000).toFixed(1)} s`
}
