import { backwards, type Found } from '../../ledger/backwards.ts'
import type { PageQuery } from '../../ledger/history.ts'
import type { Keys } from '../../ledger/keys.ts'
import type { Redis } from '../../redis.ts'
import { CSV_HEAD, csvOfRun } from '../../run-csv.ts'

/** Lines for some runs; `first` for those at the beginning. */
type Sheet = (found: readonly Found[], first: boolean) => string

export const csvOfRuns: Sheet = (found, first) =>
  (first ? CSV_HEAD : '') + found.map(({ run }) => csvOfRun(run)).join('')

export const linesOfRuns: Sheet = found =>
  found.map(({ run }) => `${JSON.stringify(run)}\n`).join('')

/** Runs in one round trip, about. */
const BATCH = 1000

/**
 * Everything that fits as a stream, newest first, read no faster than it is taken. Rejects when the
 * ledger cannot be read; later the stream fails with it.
 */
export async function runsExport(
  redis: Redis,
  keys: Keys,
  { limit: _, ...query }: PageQuery,
  sheet: Sheet,
): Promise<ReadableStream> {
  const steps = backwards(redis, keys, { ...query, hint: BATCH })
  const first = await steps.next()
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(sheet(first.value?.found ?? [], true)))
    },
    async pull(controller) {
      for (let text = ''; text === ''; ) {
        const { value, done } = await steps.next()
        if (done) return controller.close()
        text = sheet(value.found, false)
        if (text !== '') controller.enqueue(encoder.encode(text))
      }
    },
    async cancel() {
      await steps.return(undefined)
    },
  })
}
