import { useEffect, useRef, useState } from 'preact/hooks'
import { Dialog } from '../dialog.tsx'
import { link } from '../place.ts'
import { meaningOf } from '../runs/meaning.ts'
import { nameOf } from '../runs/name.ts'
import { printable } from '../text.ts'
import { span } from '../time.tsx'
import { Verdict } from '../verdict.tsx'
import { type Stage, useActing } from './acting-call.ts'
import { type ActionName, wordsOf } from './acting-words.ts'

/** Characters of a reason. */
const LONGEST = 200

export interface ActingDialogProps {
  action: ActionName
  /** A schedule's or an engine's id. */
  target: string
  engine: boolean
  /** Is it paused now, also through its engine? */
  paused: boolean
  onClose: () => void
}

/** Asks for an action, once more and with its reason, and shows what came of it. */
export function ActingDialog({ action, target, engine, paused, onClose }: ActingDialogProps) {
  const { stage, act } = useActing(action, target)
  const words = wordsOf(action, printable(target), engine)
  const asking = stage.at === 'asking' || stage.at === 'sending'
  return (
    <Dialog title={words.title} onClose={onClose} busy={stage.at === 'sending'}>
      {asking ? (
        <>
          {words.meaning.map(text => (
            <p key={text}>{text}</p>
          ))}
          {action === 'trigger' && paused ? (
            <p>It is paused; a call by hand is made all the same.</p>
          ) : null}
          {words.warning ? <p class="note bad">{words.warning}</p> : null}
          <Form action={action} stage={stage} button={words.button} act={act} onClose={onClose} />
        </>
      ) : (
        <>
          <Outcome stage={stage} done={words.done} />
          <footer class="choices">
            <Close onClose={onClose} />
          </footer>
        </>
      )}
    </Dialog>
  )
}

/** Takes the focus over from the form, which has gone. */
function Close({ onClose }: { onClose: () => void }) {
  const ref = useRef<HTMLButtonElement>(null)
  useEffect(() => ref.current?.focus(), [])
  return (
    <button ref={ref} type="button" class="primary" onClick={onClose}>
      Close
    </button>
  )
}

interface FormProps {
  action: ActionName
  stage: Stage
  button: string
  act: (reason: string) => Promise<void>
  onClose: () => void
}

function Form({ action, stage, button, act, onClose }: FormProps) {
  const [reason, setReason] = useState('')
  const [lacking, setLacking] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const needed = action === 'pause'
  const sending = stage.at === 'sending'
  const error = lacking
    ? 'Say why: everybody who finds it paused will read this.'
    : stage.at === 'asking' && stage.error
  const submit = (event: Event) => {
    event.preventDefault()
    if (sending) return
    const given = reason.trim()
    setLacking(needed && given === '')
    if (needed && given === '') input.current?.focus()
    else void act(given)
  }
  return (
    <form class="acting" noValidate onSubmit={submit}>
      <label>
        <span>Reason{needed ? ', for everybody to see' : ' (optional)'}</span>
        <input
          ref={input}
          value={reason}
          maxLength={LONGEST}
          autocomplete="off"
          // The dialog is there for this.
          autofocus={action !== 'trigger'}
          required={needed}
          aria-invalid={lacking}
          disabled={sending}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      <p class="wrong" role="alert">
        {error ? printable(error) : ''}
      </p>
      <footer class="choices">
        <button type="button" disabled={sending} onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="primary" disabled={sending}>
          {sending ? 'Asking …' : button}
        </button>
      </footer>
    </form>
  )
}

function Outcome({ stage, done }: { stage: Stage; done: string }) {
  if (stage.at !== 'waiting' && stage.at !== 'done') return null
  const run = stage.at === 'done' ? stage.run : null
  return (
    <div class="outcome" role="status">
      {run ? (
        <p>
          <Verdict verdict={run.verdict} reason={run.reason} />
          {run.durationMs === null ? null : ` took ${span(run.durationMs)}`}
        </p>
      ) : (
        <p>{done}</p>
      )}
      {run ? <p>{meaningOf(run)}</p> : null}
      {run?.detail ? <pre class="detail">{printable(run.detail)}</pre> : null}
      {stage.at === 'waiting' ? (
        <p class="quiet">Waiting for its result; it goes on when this is closed, too.</p>
      ) : null}
      {stage.remarks.map(remark => (
        <p key={remark}>{printable(remark)}</p>
      ))}
      <p>
        <a href={run ? link('runs', { run: nameOf(run) }) : link('runs')}>
          {run ? 'Details' : 'Runs'}
        </a>
        {' · '}
        <a href={link('actions')}>Actions</a>
      </p>
    </div>
  )
}
