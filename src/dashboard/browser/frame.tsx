import { type FunctionComponent, render } from 'preact'
import { link, VERSION } from './place.ts'

const PAGES = [
  ['overview', '', 'Overview'],
  ['runs', 'runs', 'Runs'],
  ['actions', 'actions', 'Actions'],
  ['queues', 'queues/', 'Queue'],
] as const

/** Puts a page into its frame: what stands around it is the same everywhere. */
export function show(name: string, Page: FunctionComponent): void {
  const root = document.getElementById('root')
  if (root === null) return
  render(
    <>
      <header class="bar">
        <strong>hft-scheduler</strong>
        <nav aria-label="Pages">
          {PAGES.map(([page, path, title]) => (
            <a key={page} href={link(path)} aria-current={page === name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <span class="quiet">{VERSION}</span>
      </header>
      <main id="main">
        <Page />
      </main>
    </>,
    root,
  )
}
