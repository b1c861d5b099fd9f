import type { Run } from '../../../ledger/run.ts'
import { span } from '../time.tsx'

/** From the slot over the request to its answer, as a bar; nothing for a run without a call. */
export function RunTiming({ run }: { run: Run }) {
  const { latenessMs: late, durationMs: took, manual } = run
  if (late === null || took === null) return null
  // An unknown one never was.
  const end = run.verdict === 'unknown' ? 'given up' : 'answered'
  const begin = manual ? 'asked' : 'slot'
  const text = `sent ${span(late)} after ${manual ? 'it was asked for' : 'its slot'}, ${end} ${span(took)} later`
  return (
    <figure class="timing">
      <div class="track" role="img" aria-label={text}>
        <div class="late" style={{ flexGrow: Math.max(late, 0) }} />
        <div class={`took ${run.verdict}`} style={{ flexGrow: Math.max(took, 0) }} />
      </div>
      <figcaption>
        <span>{begin}</span>
        <span>sent +{span(late)}</span>
        <span>
          {end} +{span(late + took)}
        </span>
      </figcaption>
    </figure>
  )
}
