import type { Context } from 'hono'
import { json, page } from './engine-answers.ts'

/** The body as JSON, or what Flask answers to one that is none. */
export async function readJson({ req }: Pick<Context, 'req'>): Promise<unknown> {
  const type = req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !/^application\/.*\+json$/.test(type)) return page(415)
  try {
    return await req.json()
  } catch {
    return page(400)
  }
}

/** User name and password of a login; what is no object makes the engine's code fail. */
export function credentialsIn(body: unknown): Response | { username: unknown; password: unknown } {
  if (body instanceof Response) return body
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return page(500)
  const { username, password } = body as Record<string, unknown>
  if (!username || !password) {
    return json(401, { status: 'error', message: 'Username and password are required' })
  }
  return { username, password }
}
