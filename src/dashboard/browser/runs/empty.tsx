import type { RunsView } from '../../views.ts'
import { type Address, within } from '../address.ts'
import { useLive } from '../live.ts'
import { Time } from '../time.tsx'
import { narrowed, type RunsQuery } from './query.ts'

interface RunsEmptyProps {
  page: RunsView
  query: RunsQuery
  address: Address
}

/** Why there is nothing on the page, and what to do. */
export function RunsEmpty({ page, query, address }: RunsEmptyProps) {
  const { view } = useLive()
  const { next, searchedTo } = page
  if (next !== null) {
    return (
      <p class="card empty">
        Nothing that fits
        {searchedTo === null ? null : (
          <>
            {' '}
            back to <Time at={searchedTo} />
          </>
        )}
        .{' '}
        <a
          href={address.href({ cursor: next })}
          onClick={event => within(event, () => address.go({ cursor: next }))}
        >
          Search further back
        </a>
      </p>
    )
  }
  if (narrowed(query) || query.cursor !== null) {
    return (
      <p class="card empty">
        No run fits. Choose less, or a longer time. <a href={location.pathname}>Show all runs</a>
      </p>
    )
  }
  return (
    <p class="card empty">
      {view?.schedules.length === 0
        ? 'Nothing is declared yet: start a producer, and a worker to make the calls.'
        : 'No run yet. The first one appears here as soon as it has ended.'}
    </p>
  )
}
