import { useState } from 'preact/hooks'
import './acting.css'
import { printable } from '../text.ts'
import { ActingDialog } from './acting-dialog.tsx'
import { type ActionName, wordsOf } from './acting-words.ts'

export interface ActionButtonsProps {
  /** A schedule's id, or an engine's. */
  target: string
  /** Is `target` an engine? Then the buttons are for all of its schedules. */
  engine?: boolean
  /** Is it paused itself? A schedule whose engine is paused is not. */
  paused: boolean
  /** Is its engine paused? */
  enginePaused?: boolean
  /** May people act from here? Without it there are no buttons. */
  write: boolean
}

/** Pause or resume, and call now: each asks once more in a dialog. */
export function ActionButtons(props: ActionButtonsProps) {
  const { target, engine = false, paused, enginePaused = false, write } = props
  const [action, setAction] = useState<ActionName | null>(null)
  if (!write) return null
  const actions: ActionName[] = [
    paused ? 'resume' : 'pause',
    ...(engine ? [] : ['trigger' as const]),
  ]
  return (
    <span class="actions">
      {actions.map(name => (
        <button
          key={name}
          type="button"
          aria-label={`${wordsOf(name, target, engine).button} ${printable(target)}`}
          onClick={() => setAction(name)}
        >
          {wordsOf(name, target, engine).button} …
        </button>
      ))}
      {action === null ? null : (
        <ActingDialog
          action={action}
          target={target}
          engine={engine}
          paused={paused || enginePaused}
          onClose={() => setAction(null)}
        />
      )}
    </span>
  )
}

/** Where there are no buttons: how to get them. */
export function ReadOnlyHint({ write }: { write: boolean }) {
  if (write) return null
  return (
    <p class="hint quiet">
      Read-only: to pause, resume and call from here, start the dashboard with{' '}
      <code>--dashboard-write</code>.
    </p>
  )
}
