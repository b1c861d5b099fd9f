import { z } from 'zod'
import type { JobName } from '../../jobs.ts'
import { readJson } from './json.ts'

/** A flat record: what an engine says of its position. Integers beyond 2^53 are text, so that none is rounded. */
export type Stats = Record<string, string | number | boolean | null>

const COUNT = 64
const KEY_LENGTH = 64
const VALUE_LENGTH = 256

const Position = z.record(z.string(), z.unknown()).nullish()
/** The first generation of the engine names the position `stats`, the second `results`. */
const Answer = z.object({
  status: z.literal('success'),
  engine: z.literal('running'),
  stats: Position,
  results: Position,
})

/** Reads the body of a 200: its content, or in `broken` what is wrong with it. */
export function readAnswer(
  body: string,
  job: JobName,
): { broken: string } | { broken: null; stats: Stats | null } {
  let json: unknown
  try {
    json = readJson(body)
  } catch {
    return { broken: body.trim() === '' ? 'an empty answer' : 'the answer is not JSON' }
  }
  const { data, error } = Answer.safeParse(json)
  if (error) {
    const [issue] = error.issues
    return { broken: `${issue?.path.join('.') || 'the answer'}: ${issue?.message}` }
  }
  const position = data.stats ?? data.results ?? null
  if (position === null && job === 'get-stats') return { broken: 'neither `stats` nor `results`' }
  return { broken: null, stats: position && flatten(position) }
}

/** Keeps what the stats history can hold: scalars, and only so many and so long. */
function flatten(record: Record<string, unknown>): Stats {
  const fields: [string, Stats[string]][] = []
  for (const [key, value] of Object.entries(record)) {
    if (fields.length === COUNT) break
    if (key.length > KEY_LENGTH) continue
    if (typeof value === 'string') fields.push([key, value.slice(0, VALUE_LENGTH)])
    else if (typeof value === 'boolean' || value === null) fields.push([key, value])
    // JSON can write numbers that overflow to Infinity, which JSON cannot write again.
    else if (typeof value === 'number') fields.push([key, Number.isFinite(value) ? value : null])
  }
  return Object.fromEntries(fields)
}
