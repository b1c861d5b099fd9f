import './base.css'
import './runs.css'
import { useState } from 'preact/hooks'
import { useAddress, within } from './address.ts'
import { show } from './frame.tsx'
import { link } from './place.ts'
import { RunDetails } from './runs/details.tsx'
import { RunsEmpty } from './runs/empty.tsx'
import { RunsFilters } from './runs/filters.tsx'
import { useHold } from './runs/hold.ts'
import { useRuns } from './runs/list.ts'
import { queryOf } from './runs/query.ts'
import { RunsTable } from './runs/table.tsx'
import { Trouble } from './trouble.tsx'
import { Waiting } from './waiting.tsx'

/** The ledger, newest first: narrowed, paged and shared by its address. */
function Runs() {
  const address = useAddress()
  const query = queryOf(address.query)
  const [frozen, setFrozen] = useState(false)
  const hold = useHold()
  const found = useRuns(query, frozen || hold.holding)
  const { rows, page, error, loading, again, held } = found
  const run = address.query.get('run')
  const older = page?.next ?? null
  const newest = query.cursor === null

  const showHeld = () => {
    setFrozen(false)
    hold.release()
    window.scrollTo({ top: 0 })
  }
  return (
    <>
      <div class="head">
        <h1>Runs</h1>
        {newest ? (
          <button type="button" aria-pressed={frozen} onClick={() => setFrozen(!frozen)}>
            {frozen ? 'Frozen: go on' : 'Freeze'}
          </button>
        ) : (
          <span class="quiet">An older page: new runs do not appear here.</span>
        )}
        <span class="exports">
          {(['csv', 'ndjson'] as const).map(format => (
            <a key={format} class="button" download href={link(`api/runs.${format}`, found.filter)}>
              {format.toUpperCase()}
            </a>
          ))}
        </span>
      </div>
      <RunsFilters query={query} go={address.go} />
      {error ? <Trouble error={error} again={again} /> : null}
      <div class="list">
        <div class="pill" role="status">
          {held > 0 ? (
            <button type="button" class="primary" onClick={showHeld}>
              <span aria-hidden="true">↑ </span>
              {held} new
            </button>
          ) : null}
        </div>
        {rows.length > 0 ? (
          <RunsTable rows={rows} fresh={found.fresh} busy={loading} hold={hold} address={address} />
        ) : null}
        {rows.length === 0 && page === null && loading ? (
          <Waiting what="Reading the ledger" />
        ) : null}
        {rows.length === 0 && page !== null && !loading && !error ? (
          <RunsEmpty page={page} query={query} address={address} />
        ) : null}
      </div>
      {page === null ? null : (
        <nav class="pages" aria-label="Pages of runs">
          {newest ? null : (
            <a
              class="button"
              href={address.href({ cursor: null })}
              onClick={event => within(event, () => turn(null))}
            >
              Newest
            </a>
          )}
          {older === null ? (
            <span class="quiet">{rows.length > 0 ? 'That is all there is.' : ''}</span>
          ) : (
            <a
              class="button"
              rel="next"
              href={address.href({ cursor: older })}
              onClick={event => within(event, () => turn(older))}
            >
              Older
            </a>
          )}
        </nav>
      )}
      {run === null ? null : <RunDetails name={run} rows={rows} address={address} />}
    </>
  )

  function turn(cursor: string | null) {
    address.go({ cursor })
    window.scrollTo({ top: 0 })
  }
}

show('runs', Runs)
