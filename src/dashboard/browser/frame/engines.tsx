import { useRef } from 'preact/hooks'
import { link, part } from '../place.ts'
import { printable } from '../text.ts'

interface EngineLinksProps {
  /** Ids; null until they are known. */
  engines: readonly string[] | null
  /** Name of the page that is shown. */
  current: string
}

/** The way to an engine's page; where there are several, a list that opens. */
export function EngineLinks({ engines, current }: EngineLinksProps) {
  const menu = useRef<HTMLDetailsElement>(null)
  const here = current === 'engine' ? ('page' as const) : undefined
  const [only, ...more] = engines ?? []
  if (only === undefined) return <span class="engines quiet">Engines</span>
  if (more.length === 0) {
    return (
      <a class="engines" href={address(only)} aria-current={here} title={printable(only)}>
        Engine
      </a>
    )
  }
  const close = (event: FocusEvent | KeyboardEvent) => {
    const details = menu.current
    if (details === null) return
    if (event instanceof KeyboardEvent) {
      if (event.key !== 'Escape') return
      details.querySelector('summary')?.focus()
    } else if (event.relatedTarget instanceof Node && details.contains(event.relatedTarget)) return
    details.open = false
  }
  return (
    <details class="engines" ref={menu} onKeyDown={close} onFocusOut={close}>
      <summary aria-current={here}>Engines</summary>
      <ul>
        {engines?.map(id => (
          <li key={id}>
            <a
              href={address(id)}
              aria-current={address(id) === location.pathname ? here : undefined}
            >
              {printable(id)}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}

function address(engine: string): string {
  return link(`engines/${part(engine)}`)
}
