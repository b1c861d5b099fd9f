import { useEffect } from 'preact/hooks'
import type { OverviewView } from '../../views.ts'
import { useNow } from '../clock.ts'
import { printable } from '../text.ts'
import { headline } from './headline.ts'

const SIGNS = { good: '✓', look: '!', bad: '✕', idle: '–' } as const

/** Is it working? One sentence, what it rests on, and what needs a look. */
export function Answer({ view, lost }: { view: OverviewView; lost: number | null }) {
  const { tone, text, lines } = headline(view, lost, useNow())
  // It can be told from the tab, too.
  useEffect(() => {
    document.title = `${SIGNS[tone]} Overview · hft-scheduler`
  }, [tone])
  return (
    <section class={`answer ${tone}`} aria-label="Is it working?">
      <span class="sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      <div>
        <h1>
          <span role="status">{printable(text)}</span>
        </h1>
        <p class="quiet">{recent(view)}</p>
        {lines.length === 0 ? null : (
          <ul>
            {lines.slice(0, MOST).map(line => (
              <li key={line}>{printable(line)}</li>
            ))}
            {lines.length > MOST ? <li>… and {lines.length - MOST} more</li> : null}
          </ul>
        )}
      </div>
    </section>
  )
}

const MOST = 8

/** What the newest slots of all schedules came to. */
function recent({ schedules }: OverviewView): string {
  const cells = schedules.flatMap(({ cells }) => cells).filter(({ manual }) => !manual)
  const slots = cells.reduce((sum, { count = 1 }) => sum + count, 0)
  if (slots === 0) return 'What its schedules do shows here as it happens.'
  const succeeded = cells.filter(({ verdict }) => verdict === 'succeeded').length
  const rest = slots - succeeded
  const those = `${slots.toLocaleString('en')} newest slots`
  return rest === 0
    ? `All of the ${those} succeeded.`
    : `Of the ${those}, ${succeeded.toLocaleString('en')} succeeded and ${rest.toLocaleString('en')} did not.`
}
