import { useNow } from './clock.ts'
import { clock, utc, wholeSpan } from './times.ts'

export { setServerClock, useNow } from './clock.ts'
export { clock, span, utc, wholeSpan } from './times.ts'

/** `4 s ago`, ticking. */
export function Ago({ at }: { at: number }) {
  const now = useNow()
  const text = now - at < 1000 ? 'just now' : `${wholeSpan(now - at)} ago`
  return <Stamp at={at} text={text} />
}

/** How long it has been since, `4 s`, ticking. */
export function Since({ at }: { at: number }) {
  return <Stamp at={at} text={wholeSpan(useNow() - at)} />
}

/** `in 4 s`, ticking; `now` once it is there. */
export function Countdown({ to }: { to: number }) {
  // A second that has begun counts: it says `in 1 s` until the time is there.
  const left = Math.ceil((to - useNow(250)) / 1000) * 1000
  return <Stamp at={to} text={left <= 0 ? 'now' : `in ${wholeSpan(left)}`} />
}

/** A point in time in the reader's zone: the time of day, with its date when that is not today. */
export function Time({ at, ms = false }: { at: number; ms?: boolean }) {
  return <Stamp at={at} text={clock(at, ms)} />
}

function Stamp({ at, text }: { at: number; text: string }) {
  return (
    <time dateTime={utc(at)} title={`${clock(at, true)} · ${utc(at)}`}>
      {text}
    </time>
  )
}
