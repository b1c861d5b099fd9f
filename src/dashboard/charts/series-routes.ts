import { type Context, Hono } from 'hono'
import { UserError } from '../../command.ts'
import { enginesOf, selectSchedules } from '../../selection.ts'
import { download } from '../download.ts'
import { problem } from '../problems.ts'
import { csvOfRuns, linesOfRuns, runsExport } from '../runs/runs-export.ts'
import type { Env, Served } from '../served.ts'
import { Histories } from './histories.ts'
import { callsView, statsView } from './series.ts'
import { type SeriesQuery, seriesQuery } from './series-query.ts'
import { knownFields, statsExport } from './stats-export.ts'

interface Asked {
  engine: string
  /** Ids. */
  schedules: string[]
  query: SeriesQuery
}

type Answer = (c: Context<Env>, asked: Asked) => Promise<Response>

const FILES = {
  csv: { type: 'text/csv; charset=utf-8; header=present', sheet: csvOfRuns },
  ndjson: { type: 'application/x-ndjson', sheet: linesOfRuns },
} as const

/** The charts' data, and all that is behind it as files. */
export function seriesRoutes({ redis, keys, events }: Served): Hono<Env> {
  const histories = new Histories({ redis, keys })
  const app = new Hono<Env>()

  app.get('/engines', async c => {
    const all = await selectSchedules(redis, keys, {})
    const engines = enginesOf(all).map(id => ({
      id,
      schedules: all.filter(({ engine }) => engine === id).map(schedule => schedule.id),
    }))
    return c.json(engines)
  })

  /** Answers for an engine that there is, and a window that can be read. */
  const serve = (what: string, answer: Answer) =>
    app.get(`/engines/:engine/${what}`, async c => {
      const { query, mistakes } = seriesQuery(c.req.query(), Date.now())
      if (query === undefined) return problem(c, 400, 'bad-query', mistakes.join('; '))
      const engine = c.req.param('engine')
      try {
        const chosen = await selectSchedules(redis, keys, { engine })
        return await answer(c, { engine, schedules: chosen.map(({ id }) => id), query })
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        return problem(c, 404, 'not-found', [error.message, error.hint].join('; '))
      }
    })

  serve('stats', async (c, { engine, query }) => c.json(await statsView(histories, engine, query)))
  serve('calls', async (c, { engine, schedules, query }) =>
    c.json(await callsView(histories, engine, schedules, query)),
  )
  for (const format of ['csv', 'ndjson'] as const) {
    const { type, sheet } = FILES[format]
    const head = (engine: string, what: string) => ({
      'content-type': type,
      'content-disposition': `attachment; filename="${plain(engine)}-${what}.${format}"`,
    })
    serve(`stats.${format}`, async (c, { engine, query }) => {
      const known = knownFields(histories.stats(engine))
      const all = { ...query, ...{ redis, keys, engine, format, known } }
      return download(c, { events }, await statsExport(all), head(engine, 'stats'))
    })
    serve(`calls.${format}`, async (c, { engine, schedules, query }) => {
      const [from, to] = [finite(query.from), finite(query.to)]
      const every = { fits: () => true, mayFit: () => true, after: null, limit: 0 }
      const runs = { ...every, from, to, schedules }
      const all = await runsExport(redis, keys, runs, sheet)
      return download(c, { events }, all, head(engine, 'calls'))
    })
  }
  return app
}

function finite(at: number): number | null {
  return Number.isFinite(at) ? at : null
}

/** As a file may be called anywhere. */
function plain(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, '_').slice(0, 60)
}
