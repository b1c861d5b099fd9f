import { Hono } from 'hono'
import { UserError } from '../../command.ts'
import { JOBS, type JobName, scheduleId } from '../../jobs.ts'
import { detailsOf, whyNone } from '../../ledger/details.ts'
import { pageOfRuns } from '../../ledger/history.ts'
import { markField } from '../../ledger/mark.ts'
import { type Place, writePlace } from '../../ledger/place.ts'
import type { Run } from '../../ledger/run.ts'
import { selectBooks } from '../../selection.ts'
import { download } from '../download.ts'
import { problem } from '../problems.ts'
import type { Env, Served } from '../served.ts'
import type { KeyedRun, RunsView, RunView } from '../views.ts'
import { csvOfRuns, linesOfRuns, runsExport } from './runs-export.ts'
import { runsQuery } from './runs-query.ts'

/** The ledger: in pages, one by one, and whole. */
export function runsRoutes(served: Served): Hono<Env> {
  const { redis, keys } = served
  const app = new Hono<Env>()

  app.get('/runs', async c => {
    const query = runsQuery(c)
    if ('mistakes' in query) return problem(c, 400, 'bad-query', query.mistakes)
    const schedules = await chosen(served, query.wanted)
    if (schedules instanceof UserError) return problem(c, 404, 'not-found', said(schedules))
    const { found, ...page } = await pageOfRuns(redis, keys, { ...query.page, schedules })
    const next = page.next && writePlace(page.next)
    const view: RunsView = { runs: found.map(keyed), next, searchedTo: page.searchedTo }
    return c.json(view)
  })

  app.get('/runs/:engine/:job/:key', async c => {
    const { engine, job, key } = c.req.param()
    const [, manual, digits] = /^(m?)(\d{1,15})$/.exec(key) ?? []
    if (digits === undefined || !JOBS.includes(job as JobName)) {
      const expected = `<engine>/<one of ${JOBS.join(', ')}>/<slot in epoch ms, or m and when it was asked>`
      return problem(c, 404, 'not-found', `expected ${expected}`)
    }
    const schedule = scheduleId(engine, job as JobName)
    const place = { key: Number(digits), schedule, manual: manual === 'm' }
    const details = await detailsOf(redis, keys, place)
    if (details === null) return problem(c, 404, 'no-run', await whyNone(redis, keys, place))
    const { previous, next } = details
    const view: RunView = {
      run: keyed(details),
      previous: previous && markField(previous),
      next: next && markField(next),
    }
    return c.json(view)
  })

  const exports = {
    csv: { type: 'text/csv; charset=utf-8; header=present', sheet: csvOfRuns },
    ndjson: { type: 'application/x-ndjson', sheet: linesOfRuns },
  }
  for (const [format, { type, sheet }] of Object.entries(exports)) {
    app.get(`/runs.${format}`, async c => {
      const query = runsQuery(c)
      if ('mistakes' in query) return problem(c, 400, 'bad-query', query.mistakes)
      const schedules = await chosen(served, query.wanted)
      if (schedules instanceof UserError) return problem(c, 404, 'not-found', said(schedules))
      const all = await runsExport(redis, keys, { ...query.page, schedules }, sheet)
      return download(c, served, all, {
        'content-type': type,
        'content-disposition': `attachment; filename="runs.${format}"`,
      })
    })
  }
  return app
}

/** A run with what names it in addresses. */
function keyed({ run, place }: { run: Run; place: Place }): KeyedRun {
  return { ...run, key: markField(place) }
}

/** The ids of the schedules that are wanted, or what is wrong with that. */
function chosen(
  { redis, keys }: Served,
  wanted: Parameters<typeof selectBooks>[2],
): Promise<string[] | UserError> {
  return selectBooks(redis, keys, wanted).catch((error: unknown) => {
    if (error instanceof UserError) return error
    throw error
  })
}

function said({ message, hint }: UserError): string {
  return hint === null ? message : `${message}; ${hint}`
}
