/** Schedules that are looked at side by side. */
const BATCH = 50

/** What `act` finds of each, in order. */
export async function inBatches<T, R>(
  all: Iterable<T>,
  act: (one: T) => Promise<R[]>,
): Promise<R[]> {
  const list = [...all]
  const found: R[] = []
  for (let index = 0; index < list.length; index += BATCH) {
    found.push(...(await Promise.all(list.slice(index, index + BATCH).map(act))).flat())
  }
  return found
}
