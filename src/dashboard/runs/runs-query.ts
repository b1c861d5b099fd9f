import type { Context } from 'hono'
import { INSTANT, parseInstant } from '../../duration.ts'
import { mayHaveEnded, type PageQuery } from '../../ledger/history.ts'
import { readPlace } from '../../ledger/place.ts'
import { VERDICTS } from '../../ledger/run.ts'
import type { Wanted } from '../../selection.ts'
import { asked } from '../query.ts'

export interface RunsQuery {
  wanted: Wanted
  page: Omit<PageQuery, 'schedules'>
}

/** What a request for runs asks for, or everything that is wrong with it. */
export function runsQuery(c: Context): RunsQuery | { mistakes: string } {
  const { read, limit: wantedLimit, mistakes, wrong } = asked(c)
  const now = Date.now()
  const named = (name: string) => read(name, 'a name', text => text) ?? undefined
  const wanted = { schedule: named('schedule'), engine: named('engine'), job: named('job') }
  const from = read('from', INSTANT, text => parseInstant(text, now))
  const to = read('to', INSTANT, text => parseInstant(text, now))
  const limit = wantedLimit()
  const after = read('cursor', 'what `next` of an earlier answer said', readPlace)
  const verdicts = read('verdict', `some of ${VERDICTS.join(', ')}, with commas between`, text => {
    const names = text.split(',').map(name => name.trim())
    return names.every(name => VERDICTS.some(verdict => verdict === name)) ? new Set(names) : null
  })
  if (from !== null && to !== null && from > to) mistakes.push('from: expected a time before `to`')
  const all = wrong()
  if (all.length > 0) return { mistakes: all.join('; ') }
  const fits: PageQuery['fits'] = ({ verdict }) => verdicts === null || verdicts.has(verdict)
  const mayFit = mayHaveEnded(verdicts)
  return { wanted, page: { from, to, limit, after, fits, mayFit } }
}
