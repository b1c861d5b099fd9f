import './details.css'
import { useEffect, useRef } from 'preact/hooks'
import type { Run } from '../../../ledger/run.ts'
import type { RunView } from '../../views.ts'
import { type Address, cameFromWithin } from '../address.ts'
import { Dialog } from '../dialog.tsx'
import { useFetched } from '../fetched.ts'
import { link, part } from '../place.ts'
import { printable } from '../text.ts'
import { Ago, clock, span, Time, utc } from '../time.tsx'
import { Trouble } from '../trouble.tsx'
import { Verdict } from '../verdict.tsx'
import { Waiting } from '../waiting.tsx'
import { meaningOf } from './meaning.ts'
import { nameOf } from './name.ts'
import { RunTiming } from './timing.tsx'

interface RunDetailsProps {
  /** `<schedule>/<key>`, or the key alone where the address names the schedule. */
  name: string
  /** What stands on the page already. */
  rows: readonly Run[]
  address: Address
}

/** One run with all that is known of it, beside the page. */
export function RunDetails({ name, rows, address }: RunDetailsProps) {
  const { schedule, key } = named(name, address.query.get('schedule'))
  const url = link(`api/runs/${part(schedule)}/${encodeURIComponent(key)}`)
  const { data, error, loading, again } = useFetched<RunView>(url)
  const answer = loading || error ? null : data
  const run = answer?.run ?? rows.find(it => nameOf(it) === `${schedule}/${key}`) ?? null
  const close = () => (cameFromWithin() ? history.back() : address.go({ run: null }, 'replace'))
  const turn = (to: string | null) => {
    if (to !== null) address.go({ run: `${schedule}/${to}` }, 'replace')
  }
  const arrows = useRef({ ArrowLeft: () => {}, ArrowRight: () => {} })
  arrows.current = {
    ArrowLeft: () => turn(answer?.previous ?? null),
    ArrowRight: () => turn(answer?.next ?? null),
  }
  useEffect(() => {
    const press = ({ key, altKey, ctrlKey, metaKey }: KeyboardEvent) => {
      if (altKey || ctrlKey || metaKey) return
      if (key === 'ArrowLeft' || key === 'ArrowRight') arrows.current[key]()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
  return (
    <Dialog side title={printable(schedule)} onClose={close}>
      {error ? <Trouble error={error} again={again} /> : null}
      {run === null && loading ? <Waiting what="Reading the run" /> : null}
      {run === null || error ? null : <Facts run={run} />}
      <nav class="pages" aria-label="Runs before and after">
        <button
          type="button"
          disabled={!answer?.previous}
          onClick={() => turn(answer?.previous ?? null)}
        >
          <span aria-hidden="true">← </span>Previous
        </button>
        <button type="button" disabled={!answer?.next} onClick={() => turn(answer?.next ?? null)}>
          Next<span aria-hidden="true"> →</span>
        </button>
        <a class="raw" href={url}>
          JSON
        </a>
      </nav>
    </Dialog>
  )
}

function Facts({ run }: { run: Run }) {
  const { slot, asked, at, verdict, reason, detail, count, to } = run
  const begin = slot ?? asked ?? at
  return (
    <article class="run">
      <p class="slot">
        <strong>{clock(begin, true)}</strong>{' '}
        <span class="quiet">
          {slot === null ? 'by hand, ' : ''}
          <Ago at={begin} />
        </span>
        <br />
        <span class="mono quiet">{utc(begin)}</span>
      </p>
      {count !== undefined && to !== undefined ? (
        <p>
          {count} slots {verdict} from <Time at={begin} ms /> to <Time at={to} ms />
        </p>
      ) : null}
      <p>
        <Verdict verdict={verdict} reason={reason} />
      </p>
      <p>{meaningOf(run)}</p>
      {detail ? <pre class="detail">{printable(detail)}</pre> : null}
      <RunTiming run={run} />
      <dl class="facts">
        <Fact name="Reason" value={reason} />
        <Fact name="Attempts" value={run.attempts} />
        <Fact name="HTTP status" value={run.status} />
        <Fact name="Late" value={run.latenessMs === null ? null : span(run.latenessMs)} />
        <Fact name="Took" value={run.durationMs === null ? null : span(run.durationMs)} />
        <Fact name="Worker" value={run.worker} />
        <Fact name="Fence" value={run.fence ?? null} />
        <Fact name="Recorded" value={clock(at, true)} />
        <Fact name="Request" value={run.request ?? null} />
      </dl>
    </article>
  )
}

function Fact({ name, value }: { name: string; value: string | number | null }) {
  if (value === null) return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{printable(String(value))}</dd>
    </>
  )
}

function named(name: string, schedule: string | null): { schedule: string; key: string } {
  const slash = name.lastIndexOf('/')
  if (slash === -1) return { schedule: schedule ?? '', key: name }
  return { schedule: name.slice(0, slash), key: name.slice(slash + 1) }
}
