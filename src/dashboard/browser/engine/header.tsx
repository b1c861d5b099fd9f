import type { EngineView, ScheduleView, TokenView } from '../../views.ts'
import { useLive } from '../live.ts'
import { link } from '../place.ts'
import { printable } from '../text.ts'
import { Ago, Countdown, span } from '../time.tsx'
import { Verdict } from '../verdict.tsx'

const STATES = {
  running: ['✓', 'succeeded'],
  stopped: ['■', 'engine-stopped'],
  unknown: ['?', 'skipped'],
} as const

/** Who the engine is, how it is, and what it is called for. */
export function EngineHeader({ id }: { id: string }) {
  const { view } = useLive()
  const engine = view?.engines.find(it => it.id === id)
  const schedules = view?.schedules.filter(it => it.engine === id) ?? []
  return (
    <section class="card engine-head" aria-label="Engine">
      <header>
        <h1>{printable(id)}</h1>
        {engine ? <State engine={engine} /> : null}
        <a href={link('runs', { engine: id })}>All its runs</a>
      </header>
      {engine?.paused ? (
        <p class="note">
          Paused <Ago at={engine.paused.since} /> by {printable(engine.paused.by)}:{' '}
          {printable(engine.paused.reason ?? 'no reason given')}
        </p>
      ) : null}
      <div class="engine-parts">
        <ul class="plain schedules">
          {schedules.map(schedule => (
            <Schedule key={schedule.id} schedule={schedule} />
          ))}
        </ul>
        <ul class="plain tokens">
          {engine?.tokens.map(token => (
            <Token key={token.worker} token={token} />
          ))}
        </ul>
      </div>
    </section>
  )
}

function State({ engine: { state, stateAt } }: { engine: EngineView }) {
  const [symbol, tone] = STATES[state]
  return (
    <span>
      <span class={`badge ${tone}`}>
        <span aria-hidden="true">{symbol}</span> {state}
      </span>{' '}
      <span class="quiet">
        {stateAt === null ? 'it has not said yet' : 'as of '}
        {stateAt === null ? null : <Ago at={stateAt} />}
      </span>
    </span>
  )
}

function Schedule({
  schedule: { id, job, cadence, next, cells, paused },
}: {
  schedule: ScheduleView
}) {
  const last = cells.at(-1)
  return (
    <li>
      <a href={link('runs', { schedule: id })}>{job}</a>
      <span class="quiet">{cadence}</span>
      {last ? (
        <span>
          <Verdict verdict={last.verdict} reason={last.reason} />{' '}
          <span class="quiet">
            <Ago at={last.at} />
          </span>
        </span>
      ) : (
        <span class="quiet">no run yet</span>
      )}
      {paused.length > 0 ? (
        <span class="badge skipped">paused</span>
      ) : (
        <span class="quiet">
          {next === null ? '' : 'next '}
          {next === null ? null : <Countdown to={next} />}
        </span>
      )}
    </li>
  )
}

function Token({ token: { worker, at, life, refused } }: { token: TokenView }) {
  return (
    <li>
      <span class="quiet">token of</span> {printable(worker)}:{' '}
      {refused ? (
        <span>
          <span class="badge failed">login refused</span> {printable(refused.reason)}, again{' '}
          <Countdown to={refused.retryAt} />
        </span>
      ) : (
        <span>
          {at === null ? 'none yet' : <Ago at={at} />}
          {life === null ? '' : `, good for ${span(life)}`}
        </span>
      )}
    </li>
  )
}
