import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { UserError } from '../command.ts'
import type { Env } from './served.ts'

/** Where the build puts what browsers load; the same folder for dist/ and src/. */
const FOLDER = fileURLToPath(new URL('../../dist/dashboard/assets', import.meta.url))
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** What browsers load, from memory; a browser that has it already is told so. */
export function assetRoutes(): Hono<Env> {
  const files = new Map(names().map(name => [name, load(name)]))
  return new Hono<Env>().get('/:name', c => {
    const file = files.get(c.req.param('name'))
    if (file === undefined) return c.notFound()
    const headers = { etag: file.etag, 'cache-control': 'no-cache' }
    // A proxy that compresses has made it a weak one.
    if (c.req.header('if-none-match')?.includes(file.etag)) return c.body(null, 304, headers)
    return c.body(file.body, 200, { ...headers, 'content-type': file.type })
  })
}

function names(): string[] {
  try {
    return readdirSync(FOLDER)
  } catch (cause) {
    const hint = 'build it first: npm run build'
    throw new UserError('the dashboard has not been built', { hint, cause })
  }
}

function load(name: string) {
  const body = readFileSync(join(FOLDER, name))
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
  return { body, etag, type: TYPES[extname(name)] ?? 'application/octet-stream' }
}
