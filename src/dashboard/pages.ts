import { Hono } from 'hono'
import { html } from 'hono/html'
import { baseOf } from './base.ts'
import type { Env, Served } from './served.ts'

const PAGES = {
  overview: { path: '/', title: 'Overview' },
  engine: { path: '/engines/:engine', title: 'Engine' },
  runs: { path: '/runs', title: 'Runs' },
  actions: { path: '/actions', title: 'Actions' },
} as const

/** The pages: a frame each; what they show comes from `/api`. */
export function pageRoutes({ config, version }: Served): Hono<Env> {
  const base = baseOf(config.dashboard)
  const app = new Hono<Env>()
  for (const [name, { path, title }] of Object.entries(PAGES)) {
    app.get(path, c => c.html(frame({ name, title, base, version })))
  }
  return app
}

/** What is shown where there is no page: without its script, too. */
export function missingPage({ config, version }: Served) {
  const base = baseOf(config.dashboard)
  const words = html`<main id="main">
      <h1>There is no such page</h1>
      <p><a href="${base}">Go to the overview</a></p>
    </main>`
  return frame({ name: 'missing', title: 'Not found', base, version }, words)
}

type Html = ReturnType<typeof html> | string

interface Frame {
  /** Of the page's own script and styles. */
  name: string
  title: string
  /** With a slash at both ends: what every link begins with. */
  base: string
  version: string
}

/** `words` stand there until the page's script has put its own in their place. */
function frame({ name, title, base, version }: Frame, words: Html = '') {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} · hft-scheduler</title>
    <link rel="icon" type="image/svg+xml" href="${base}assets/icon.svg" />
    <link rel="stylesheet" href="${base}assets/${name}.css" />
    <script type="module" blocking="render" src="${base}assets/${name}.js"></script>
  </head>
  <body data-base="${base}" data-version="${version}">
    <a class="skip" href="#main">Skip to content</a>
    <div id="root">${words}</div>
    <noscript>This page needs JavaScript; the same is told by hft-scheduler status and runs.</noscript>
  </body>
</html>`
}
