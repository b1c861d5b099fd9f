import { STATUS_CODES } from 'node:http'
import type { Generation } from '../simulation.ts'
import { hedged, type Position } from './position.ts'
import { pythonJson } from './python-json.ts'

/** What the words of a generation are about. */
export interface Said {
  generation: Generation
  running: boolean
  /** Fields that take the place of a position's own, or stand beside them. */
  fields: Readonly<Record<string, unknown>>
}

/** A call was done; `position` is null where there is none. */
export function done(said: Said, message: string, position: Position | null): Response {
  const name = said.generation === 'first' ? 'stats' : 'results'
  const told = position && positionOf(said, position)
  return json(200, { status: 'success', message, ...state(said), [name]: told })
}

/** All positions. */
export function listed(said: Said, positions: readonly Position[]): Response {
  const results = positions.map(position => positionOf(said, position))
  return json(200, { status: 'success', ...state(said), results })
}

/** The engine does not run, or runs already: a state for the second generation, an error for the first. */
export function already(said: Said, message: string): Response {
  const status = said.generation === 'first' ? 404 : 200
  return json(status, { status: 'error', message, ...state(said) })
}

/** Its code has raised: the first generation lets Flask say so. */
export function raised(generation: Generation, error: Error): Response {
  if (generation === 'first') return page(500)
  return json(500, { status: 'error', message: error.message })
}

export function state({ running }: Said): { engine: 'running' | 'stopped' } {
  return { engine: running ? 'running' : 'stopped' }
}

export function json(status: number, body: Record<string, unknown>): Response {
  return new Response(pythonJson(body), { status, headers: { 'content-type': 'application/json' } })
}

/** An error page of Flask. */
export function page(status: number, headers: Record<string, string> = {}): Response {
  const name = STATUS_CODES[status] ?? ''
  const text = `<!doctype html>
<html lang=en>
<title>${status} ${name}</title>
<h1>${name}</h1>
<p>${EXPLAINED[status] ?? ''}</p>
`
  const type = 'text/html; charset=utf-8'
  return new Response(text, { status, headers: { 'content-type': type, ...headers } })
}

const EXPLAINED: Readonly<Record<number, string>> = {
  400: 'The browser (or proxy) sent a request that this server could not understand.',
  404: 'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
  405: 'The method is not allowed for the requested URL.',
  415: 'Did not attempt to load JSON data because the request Content-Type was not &#39;application/json&#39;.',
  500: 'The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.',
}

function positionOf({ generation, fields }: Said, position: Position): Record<string, unknown> {
  return { ...(generation === 'first' ? position : hedged(position)), ...fields }
}
