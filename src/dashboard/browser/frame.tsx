import { type FunctionComponent, render } from 'preact'
import { zone } from '../../zone.ts'
import './frame.css'
import { EngineLinks } from './frame/engines.tsx'
import { LiveState } from './frame/live.tsx'
import { useLive } from './live.ts'
import { link, VERSION } from './place.ts'
import { ThemeSwitch } from './theme.tsx'

/** Puts a page into its frame: what stands around it is the same everywhere. */
export function show(name: string, Page: FunctionComponent): void {
  const root = document.getElementById('root')
  if (root === null) return
  render(
    <>
      <Bar page={name} />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
    </>,
    root,
  )
}

function Bar({ page }: { page: string }) {
  const { view, lost } = useLive()
  const version = view?.version ?? VERSION
  return (
    <header class="bar">
      <a class="brand" href={link('')} title={`hft-scheduler ${version}`}>
        <img src={link('assets/icon.svg')} alt="" width="24" height="24" />
        <strong>hft-scheduler</strong>
        <span class="quiet">{version}</span>
      </a>
      <nav aria-label="Pages">
        <PageLink name="overview" path="" title="Overview" page={page} />
        <EngineLinks engines={view?.engines.map(({ id }) => id) ?? null} current={page} />
        <PageLink name="runs" path="runs" title="Runs" page={page} />
        <PageLink name="actions" path="actions" title="Actions" page={page} />
        <PageLink name="queues" path="queues/" title="Queue" page={page} />
      </nav>
      <div class="marks">
        <LiveState view={view} lost={lost} />
        <span class="zone" title="Times stand here as this machine's clock shows them.">
          {zone(Date.now())}
        </span>
        <Mode write={view?.write ?? null} />
        <ThemeSwitch />
      </div>
    </header>
  )
}

function PageLink(of: { name: string; path: string; title: string; page: string }) {
  return (
    <a href={link(of.path)} aria-current={of.name === of.page ? 'page' : undefined}>
      {of.title}
    </a>
  )
}

/** Whether people may act from here; its room is kept until that is known. */
function Mode({ write }: { write: boolean | null }) {
  if (write === null) return <span class="mode" />
  const title = write
    ? 'Schedules can be paused, resumed and called from here.'
    : 'Nothing can be changed from here. To act: hft-scheduler dashboard --dashboard-write'
  return (
    <span class={write ? 'mode write' : 'mode'} title={title}>
      {write ? 'write mode' : 'read-only'}
    </span>
  )
}
