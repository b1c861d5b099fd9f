/** `ok`: nothing to do; `warning`: it works, and somebody should have a look; `failure`: it does not. */
export type Level = 'ok' | 'warning' | 'failure'

/** What a check has found; `advice` says what to do, null where there is nothing to do. */
export interface Finding {
  readonly check: string
  readonly level: Level
  readonly found: string
  readonly advice: string | null
}

/** Makes the findings of one check. */
export function about(check: string) {
  const bad = (level: Level) => {
    return (found: string, advice: string): Finding => ({ check, level, found, advice })
  }
  return {
    ok: (found: string): Finding => ({ check, level: 'ok', found, advice: null }),
    warning: bad('warning'),
    failure: bad('failure'),
  }
}

/** Problems of one check that are named; the rest is counted. */
const NAMED = 10

/** The problems, not endlessly many; or what is said where there are none. */
export function orFine(problems: readonly Finding[], fine: Finding): Finding[] {
  if (problems.length === 0) return [fine]
  const rest = problems.slice(NAMED)
  const [first] = rest
  if (first === undefined) return [...problems]
  const level = rest.some(problem => problem.level === 'failure') ? 'failure' : 'warning'
  const found = `and so ${rest.length} more`
  return [...problems.slice(0, NAMED), { ...first, level, found }]
}
