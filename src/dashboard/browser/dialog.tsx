import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import './dialog.css'

export interface DialogProps {
  title: ComponentChildren
  /** When it is closed, by Esc, its button or a click beside it; it goes when it is drawn no more. */
  onClose: () => void
  /** Stands at the side, as high as the window; a click beside it closes it. */
  side?: boolean
  /** Esc and its button do nothing for now. */
  busy?: boolean
  children: ComponentChildren
}

/** Something over the page that is dealt with first: the focus stays in it, and goes back where it was. */
export function Dialog({ title, onClose, side = false, busy = false, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const dialog = ref.current
    if (dialog === null) return
    const beside = ({ target }: MouseEvent) => {
      if (side && target === dialog) dialog.close()
    }
    dialog.addEventListener('mousedown', beside)
    dialog.showModal()
    return () => {
      dialog.removeEventListener('mousedown', beside)
      dialog.close()
    }
  }, [side])
  return (
    <dialog
      ref={ref}
      class={side ? 'side' : ''}
      aria-labelledby={id}
      onCancel={event => busy && event.preventDefault()}
      onClose={({ currentTarget }) => {
        // What was taken out of the page closes as well, when nobody asks any more.
        if (currentTarget.isConnected) onClose()
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          aria-label="Close"
          disabled={busy}
          onClick={() => ref.current?.close()}
        >
          ×
        </button>
      </header>
      <div class="inside">{children}</div>
    </dialog>
  )
}
