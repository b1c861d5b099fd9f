import type { CommandContext } from './command.ts'
import type { Resolved } from './config.ts'
import { createEvents, type Events } from './events.ts'
import { attachLogger } from './logger.ts'

/** A part of the system with a life: both calls are safe to repeat, stop() before start() is fine. */
export interface Part {
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Runs parts until the process is told to stop: started in order, stopped in reverse. A stop that
 * comes while a part still waits for Redis ends it too. Resolves to the exit code.
 */
export async function serve(
  context: CommandContext,
  { config, warnings }: Resolved,
  parts: (events: Events) => Part[],
): Promise<number> {
  const events = createEvents()
  const detach = attachLogger(events, { ...config.log, stream: context.stdout })
  for (const message of warnings) events.emit('warning', { part: 'configuration', message })
  const started: Part[] = []
  const stop = aborted(context.signal)
  try {
    for (const part of parts(events)) {
      started.push(part)
      await Promise.race([part.start(), stop])
      if (context.signal.aborted) break
    }
    await stop
  } finally {
    for (const part of started.reverse()) await part.stop()
    detach()
  }
  return 0
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
