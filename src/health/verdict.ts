import type { Check, Checked } from './check.ts'

/** A check, and whose it is. */
export type PartCheck = { part: string } & Check

/** How a process is, by its parts. */
export interface Verdict {
  status: 'ok' | 'needs-a-look' | 'not-ready' | 'dead'
  /** Why it is not alive, and why it is not ready: one line each. */
  dead: string[]
  notReady: string[]
  checks: PartCheck[]
}

/** A process that stops is alive, but not ready. */
export function verdictOf(
  parts: Readonly<Record<string, Checked>>,
  { stopping }: { stopping: boolean },
): Verdict {
  const checks = Object.entries(parts).flatMap(([part, checked]) =>
    checked.checks().map(check => ({ part, ...check })),
  )
  const failed = checks.filter(({ ok }) => !ok)
  const dead = stopping ? [] : failed.filter(({ probe }) => probe === 'livez').map(line)
  const starting = checks.length === 0 ? ['starting'] : []
  const unready = failed.filter(({ probe }) => probe !== 'healthz')
  const notReady = stopping ? ['stopping'] : [...starting, ...unready.map(line)]
  const ready = failed.length > unready.length ? 'needs-a-look' : 'ok'
  const alive = notReady.length > 0 ? 'not-ready' : ready
  return { status: dead.length > 0 ? 'dead' : alive, dead, notReady, checks }
}

function line({ part, name, detail }: PartCheck): string {
  return `${part}: ${name}: ${detail}`
}
