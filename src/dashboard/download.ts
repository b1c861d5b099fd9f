import type { Context } from 'hono'
import type { Env, Served } from './served.ts'

/**
 * Answers with `stream`. If that fails on the way, the connection is broken off, so that nobody takes
 * what there is for everything.
 */
export function download(
  c: Context<Env>,
  { events }: Pick<Served, 'events'>,
  stream: ReadableStream,
  headers: Record<string, string>,
): Response {
  const reader = stream.getReader()
  const body = new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        const message = `an export broke off: ${(error as Error).message}`
        events.emit('warning', { part: 'dashboard', message })
        c.env.outgoing.destroy()
        controller.close()
      }
    },
    cancel: reason => reader.cancel(reason),
  })
  return c.body(body, 200, headers)
}
