import type { EngineView, TokenView } from '../../views.ts'
import { ActionButtons } from '../actions/acting.tsx'
import { useNow } from '../clock.ts'
import { link, part } from '../place.ts'
import { printable } from '../text.ts'
import { Ago, Countdown, Time, wholeSpan } from '../time.tsx'

const SIGNS = { running: '✓', stopped: '■', unknown: '?' } as const
const TONES = { running: 'succeeded', stopped: 'engine-stopped', unknown: 'skipped' } as const

/** Each engine: what its answers say of it, and how its tokens stand. */
export function Engines({ engines, write }: { engines: EngineView[]; write: boolean }) {
  if (engines.length === 0) return null
  return (
    <section class="card engines-list" aria-labelledby="engines">
      <h2 id="engines">{engines.length === 1 ? 'Engine' : `Engines (${engines.length})`}</h2>
      <ul>
        {engines.map(engine => (
          <li key={engine.id}>
            <Engine engine={engine} write={write} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Engine({ engine: { id, state, stateAt, tokens, paused }, write }: EngineProps) {
  return (
    <>
      <div class="heading">
        <a href={link(`engines/${part(id)}`)} title={printable(id)}>
          {printable(id)}
        </a>
        <span class={`badge ${TONES[state]}`}>
          <span aria-hidden="true">{SIGNS[state]}</span>
          {state}
        </span>
        {stateAt === null ? null : (
          <span class="quiet">
            said so <Ago at={stateAt} />
          </span>
        )}
        <ActionButtons target={id} engine paused={paused !== null} write={write} />
      </div>
      {paused === null ? null : (
        <div class="note">
          <strong>Paused</strong> since <Time at={paused.since} /> by {printable(paused.by)}:{' '}
          {printable(paused.reason)}
        </div>
      )}
      {tokens.map(token => (
        <Token key={token.worker} token={token} />
      ))}
    </>
  )
}

interface EngineProps {
  engine: EngineView
  write: boolean
}

/** A worker's login at the engine: how old its token is, of how long it is good for. */
function Token({ token: { worker, at, life, refused } }: { token: TokenView }) {
  const now = useNow()
  const who = <span class="who">{printable(worker)}</span>
  if (refused !== null) {
    return (
      <div class="token refused">
        {who} <strong>✕ login refused:</strong> {printable(refused.reason)}; tried again{' '}
        <Countdown to={refused.retryAt} />
      </div>
    )
  }
  if (at === null) return <div class="token">{who} not logged in</div>
  const age = Math.max(0, now - at)
  return (
    <div class="token">
      {who}
      {life === null ? null : (
        <span class="life" aria-hidden="true">
          <span style={{ width: `${Math.min(100, (age / life) * 100)}%` }} />
        </span>
      )}
      <span class="quiet">
        token {wholeSpan(age)} old{life === null ? '' : `, good for ${wholeSpan(life)}`}
      </span>
    </div>
  )
}
