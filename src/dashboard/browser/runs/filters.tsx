import './filters.css'
import { useState } from 'preact/hooks'
import type { Change } from '../address.ts'
import { useLive } from '../live.ts'
import { printable } from '../text.ts'
import { SYMBOLS, type VerdictName } from '../verdict.tsx'
import { type RunsQuery, VERDICTS, WINDOWS } from './query.ts'
import { RunsRange } from './range.tsx'

interface RunsFiltersProps {
  query: RunsQuery
  go: (change: Change) => void
}

/** What is to be seen: each choice goes into the address. */
export function RunsFilters({ query, go }: RunsFiltersProps) {
  const { view } = useLive()
  const schedules = view?.schedules ?? []
  const ranged = query.from !== null || query.to !== null
  const [open, setOpen] = useState(false)
  // Another choice has other pages.
  const choose = (change: Change) => go({ ...change, cursor: null, run: null })
  const turn = (verdict: VerdictName) => {
    const chosen = VERDICTS.filter(it => query.verdicts.includes(it) !== (it === verdict))
    choose({ verdict: chosen.length === VERDICTS.length ? null : chosen.join(',') })
  }
  const names = (['schedule', 'engine', 'job'] as const).map(name => ({
    name,
    all: [...new Set(schedules.map(it => (name === 'schedule' ? it.id : it[name])))],
  }))
  return (
    <section class="card filters" aria-label="Filters">
      <div class="choosers">
        {names.map(({ name, all }) => (
          <Choice
            key={name}
            name={name}
            all={all}
            chosen={query[name]}
            choose={value => choose({ [name]: value })}
          />
        ))}
      </div>
      <fieldset class="chips">
        <legend>Verdict</legend>
        {VERDICTS.map(verdict => (
          <button
            key={verdict}
            type="button"
            class={`chip ${verdict}`}
            aria-pressed={query.verdicts.includes(verdict)}
            onClick={() => turn(verdict)}
          >
            <span aria-hidden="true">{SYMBOLS[verdict]}</span> {verdict}
          </button>
        ))}
      </fieldset>
      <fieldset class="chips">
        <legend>Time</legend>
        <button
          type="button"
          class="chip"
          aria-pressed={query.last === null && !ranged}
          onClick={() => choose({ last: null, from: null, to: null })}
        >
          all
        </button>
        {Object.entries(WINDOWS).map(([name, title]) => (
          <button
            key={name}
            type="button"
            class="chip"
            aria-pressed={query.last === name}
            onClick={() => choose({ last: name, from: null, to: null })}
          >
            {title}
          </button>
        ))}
        <button
          type="button"
          class="chip"
          aria-pressed={ranged}
          aria-expanded={ranged || open}
          onClick={() => setOpen(!open)}
        >
          from … to …
        </button>
      </fieldset>
      {ranged || open ? <RunsRange query={query} choose={choose} /> : null}
    </section>
  )
}

interface ChoiceProps {
  name: 'schedule' | 'engine' | 'job'
  all: readonly string[]
  chosen: string | null
  choose: (value: string | null) => void
}

function Choice({ name, all, chosen, choose }: ChoiceProps) {
  const names = chosen === null || all.includes(chosen) ? all : [chosen, ...all]
  return (
    <label class="field">
      <span>{TITLES[name]}</span>
      <select value={chosen ?? ''} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value="">all</option>
        {names.map(it => (
          <option key={it} value={it}>
            {printable(it)}
          </option>
        ))}
      </select>
    </label>
  )
}

const TITLES = { schedule: 'Schedule', engine: 'Engine', job: 'Job' }
