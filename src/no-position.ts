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
  const called = schedules.filter(({ paused, last }) => !paused && last !== null)
  const engines = new Set(called.map(({ engine }) => engine))
  return [...engines].flatMap(engine => {
    const own = called.filter(schedule => schedule.engine === engine)
    const each = own.every(({ last }) => last?.verdict === 'failed' && last.reason === 'http-500')
    return each ? [`${engine}: every call ends in 500; ${WITHOUT_POSITION}`] : []
  })
}
