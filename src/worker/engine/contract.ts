import { z } from 'zod'
import type { JobName } from '../../jobs.ts'
import { masked } from './detail.ts'
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

/**
 * Reads the body of a 200: its content, or in `broken` what is wrong with it. Secrets are hidden in
 * what is kept, not in what is read: a password of digits may stand in any number.
 */
export function readAnswer(
  body: string,
  job: JobName,
  secrets: readonly string[] = [],
): { broken: string; json: boolean } | { broken: null; stats: Stats | null } {
  let json: unknown
  try {
    json = readJson(body)
  } catch {
    const broken = body.trim() === '' ? 'an empty answer' : 'the answer is not JSON'
    return { broken, json: false }
  }
  const { data, error } = Answer.safeParse(json)
  if (error) {
    const [issue] = error.issues
    return { broken: `${issue?.path.join('.') || 'the answer'}: ${issue?.message}`, json: true }
  }
  const position = data.stats ?? data.results ?? null
  if (position === null && job === 'get-stats')
    return { broken: 'neither `stats` nor `results`', json: true }
  return { broken: null, stats: position && flatten(position, secrets) }
}

/** Keeps what the stats history can hold: scalars, and only so many and so long. */
function flatten(record: Record<string, unknown>, secrets: readonly string[]): Stats {
  const fields: [string, Stats[string]][] = []
  for (const [name, value] of Object.entries(record)) {
    if (fields.length === COUNT) break
    const key = masked(name, secrets)
    if (key.length > KEY_LENGTH) continue
    if (typeof value === 'string') fields.push([key, safe(value, secrets).slice(0, VALUE_LENGTH)])
    else if (typeof value === 'boolean' || value === null) fields.push([key, value])
    // JSON can write numbers that overflow to Infinity, which JSON cannot write again.
    else if (typeof value === 'number') fields.push([key, Number.isFinite(value) ? value : null])
  }
  return Object.fromEntries(fields)
}

/** An integer beyond 2^53 stays whole: digits within it are no secret, even where they spell one. */
function safe(text: string, secrets: readonly string[]): string {
  return /^-?\d+$/.test(text) && !secrets.includes(text) ? text : masked(text, secrets)
}
