import './base.css'
import './actions.css'
import { useEffect } from 'preact/hooks'
import type { ActionsView } from '../views.ts'
import { onActed } from './actions/acting-call.ts'
import { ActionsLog } from './actions/log.tsx'
import { ActionsOn } from './actions/on.tsx'
import { useAddress, within } from './address.ts'
import { useFetched } from './fetched.ts'
import { show } from './frame.tsx'
import { link } from './place.ts'
import { Trouble } from './trouble.tsx'
import { Waiting } from './waiting.tsx'

/** Actions on a page. */
const PAGE = 50
/** Actions from elsewhere appear after this long, ms. */
const PERIOD = 10_000

/** What people did, newest first, and, in write mode, what they can do. */
function Actions() {
  const { query, href, go } = useAddress()
  const cursor = query.get('cursor')
  const url = link('api/actions', { limit: PAGE, cursor })
  const { data, error, loading, again } = useFetched<ActionsView>(url)
  useEffect(() => onActed(again), [again])
  useEffect(() => {
    if (cursor !== null) return
    const look = () => document.visibilityState === 'visible' && again()
    const timer = setInterval(look, PERIOD)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [cursor, again])
  const older = data?.next ?? null
  const turn = (to: string | null) => {
    go({ cursor: to })
    window.scrollTo({ top: 0 })
  }
  return (
    <>
      <h1>Actions</h1>
      <ActionsOn />
      {error ? <Trouble error={error} again={again} /> : null}
      {data === null && loading ? <Waiting what="Reading the actions" /> : null}
      {data === null ? null : <ActionsLog actions={data.actions} newest={cursor === null} />}
      <nav class="pages" aria-label="Pages of actions">
        {cursor === null ? null : (
          <a
            class="button"
            href={href({ cursor: null })}
            onClick={event => within(event, () => turn(null))}
          >
            Newest
          </a>
        )}
        {older === null ? null : (
          <a
            class="button"
            rel="next"
            href={href({ cursor: older })}
            onClick={event => within(event, () => turn(older))}
          >
            Older
          </a>
        )}
      </nav>
    </>
  )
}

show('actions', Actions)
