import type { ScheduleView } from '../../views.ts'
import { clock } from '../time.tsx'

/** The sum of the books. Slots that have ended, and are not closed for good yet, count with it. */
export function Books({ schedule: { books, cells } }: { schedule: ScheduleView }) {
  const { since, closed, due, verdicts } = books
  if (since === null || closed === null) return <p class="books quiet">No books are kept yet.</p>
  const counted = Object.entries(verdicts).filter(([, count]) => count > 0)
  const sum = counted.reduce((total, [, count]) => total + count, 0)
  const after = cells.filter(({ slot }) => slot !== null && slot > closed)
  const open = after.reduce((total, { count = 1 }) => total + count, 0)
  const terms = counted.map(([verdict, count]) => `${number(count)} ${verdict}`).join(' + ')
  const right = sum >= due && sum <= due + open
  return (
    <p class="books">
      <span class="quiet" title={`Since ${clock(since)}; closed for good up to ${clock(closed)}`}>
        Books:
      </span>{' '}
      {number(right ? sum : due)} {sum === 1 ? 'slot' : 'slots'} due {right ? '=' : '≠'}{' '}
      {terms || 'no verdict'}
      {right ? null : (
        <strong class="off">
          {' '}
          ✕ verdicts stand for {number(sum)}: ask hft-scheduler audit which slots differ
        </strong>
      )}
    </p>
  )
}

function number(value: number): string {
  return value.toLocaleString('en')
}
