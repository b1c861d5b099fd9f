import type { Schedule } from '../jobs.ts'

/**
 * Gives every schedule its turn, whatever becomes of the others. Rejects at the end if any failed,
 * with the first failure and the schedule's name before its message. `stepped` hears of each turn
 * that is over.
 */
export async function inTurn<T extends { schedule: Schedule }>(
  all: Iterable<T>,
  act: (one: T) => Promise<void>,
  stepped: () => void = () => {},
): Promise<void> {
  let failed: Error | undefined
  for (const one of all) {
    try {
      await act(one)
    } catch (error) {
      const { message } = error as Error
      failed ??= new Error(`${one.schedule.id}: ${message}`, { cause: error })
    }
    stepped()
  }
  if (failed !== undefined) throw failed
}
