/** How the newest slot of a schedule ended; null where none has. */
export interface Ended {
  engine: string
  paused: boolean
  last: { verdict: string; reason: string | null } | null
}

/** What answers of 500 most often come from, and what ends them. */
export const WITHOUT_POSITION =
  'if its last /start failed, it says "running" and has no position: see its log, call /stop, then /start'

/** The engines of which each newest call ended in 500, each with a sentence on what it may be. */
export function withoutPosition(schedules: readonly Ended[]): string[] {
  const engines = new Map<string, boolean>()
  for (const { engine, paused, last } of schedules) {
    if (paused || last === null) continue
    const broken = last.verdict === 'failed' && last.reason === 'http-500'
    engines.set(engine, broken && (engines.get(engine) ?? true))
  }
  const broken = [...engines].filter(([, each]) => each)
  return broken.map(([engine]) => `${engine}: every call ends in 500; ${WITHOUT_POSITION}`)
}
