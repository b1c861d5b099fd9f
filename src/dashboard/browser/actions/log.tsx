import type { ActionView } from '../../views.ts'
import { link } from '../place.ts'
import { printable } from '../text.ts'
import { Ago, Time } from '../time.tsx'

interface ActionsLogProps {
  /** Newest first. */
  actions: readonly ActionView[]
  /** Is this the first page? */
  newest: boolean
}

/** Who did what, when, from where and why. */
export function ActionsLog({ actions, newest }: ActionsLogProps) {
  if (actions.length === 0) {
    return (
      <p class="card empty">
        {newest
          ? 'Nobody has paused, resumed or triggered anything yet. What is done from here, with the command line or in Bull Board appears here.'
          : 'That is all there is.'}
      </p>
    )
  }
  return (
    <div class="card scroll log">
      <table>
        <caption class="unseen">Actions, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">Via</th>
            <th scope="col">What</th>
            <th scope="col">Target</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {actions.map(action => (
            <tr key={action.id}>
              <td class="when">
                <Time at={action.at} />{' '}
                <span class="quiet">
                  <Ago at={action.at} />
                </span>
              </td>
              <td data-label="by">{printable(action.by)}</td>
              <td data-label="via">{action.via}</td>
              <td class="what">{printable(action.action)}</td>
              <td class="target">
                <Target action={action} />
              </td>
              <td class="why">{printable(action.reason)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Leads to the runs of what it was done to. */
function Target({ action: { via, target } }: { action: ActionView }) {
  const text = printable(target)
  if (via === 'Bull Board') return <>{text}</>
  const name = target.includes('/') ? 'schedule' : 'engine'
  return <a href={link('runs', { [name]: target })}>{text}</a>
}
