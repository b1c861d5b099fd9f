import { printable } from './text.ts'

/** What could not be had, and a way to try again. */
export function Trouble({ error, again }: { error: string; again?: () => void }) {
  return (
    <div class="note bad trouble" role="alert">
      <span>{printable(error)}</span>
      {again ? (
        <button type="button" onClick={again}>
          Try again
        </button>
      ) : null}
    </div>
  )
}
