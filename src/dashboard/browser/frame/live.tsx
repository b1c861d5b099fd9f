import type { OverviewView } from '../../views.ts'
import { clock } from '../time.tsx'

/** How fresh the page is, in words; the shape of the dot tells it, too. */
export function LiveState({ view, lost }: { view: OverviewView | null; lost: number | null }) {
  const { state, words, title } = stateOf(view, lost)
  return (
    <span class={`live ${state}`} role="status" title={title}>
      <span class="dot" aria-hidden="true" />
      {words}
    </span>
  )
}

function stateOf(view: OverviewView | null, lost: number | null) {
  if (lost !== null) {
    return {
      state: 'broken',
      words: `stream lost since ${clock(lost)}`,
      title: 'The dashboard does not answer. It is tried again; what stands here is from before.',
    }
  }
  if (view === null) return { state: 'waiting', words: 'connecting', title: '' }
  if (view.lostSince !== null) {
    return {
      state: 'broken',
      words: `Redis out of reach since ${clock(view.lostSince)}`,
      title: 'The dashboard is there, but Redis does not answer it.',
    }
  }
  return { state: 'fresh', words: 'live', title: 'Changes show by themselves.' }
}
