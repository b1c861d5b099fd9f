import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandContext } from './command.ts'
import { lasting } from './lasting.ts'
import type { Redis } from './redis.ts'
import { clock, paint } from './terminal.ts'

/** Between two looks, ms. */
const PERIOD = 2000

const ESCAPE = String.fromCharCode(27)
const HOME = `${ESCAPE}[H`
/** To the end of the line, and of the screen. */
const CLEAR_LINE = `${ESCAPE}[K`
const CLEAR_BELOW = `${ESCAPE}[J`

/**
 * Prints what `look` gives until `signal`, through outages of Redis: on a terminal each time over
 * the one before, else one after the other.
 */
export async function watch(
  { stdout, stderr, signal }: Pick<CommandContext, 'stdout' | 'stderr' | 'signal'>,
  redis: Redis,
  look: (redis: Redis) => Promise<string>,
): Promise<void> {
  const screen = stdout as CommandContext['stdout'] & { rows?: number }
  const reader = lasting(redis, message => stderr.write(`${message}\n`))
  const close = () => reader.disconnect()
  signal.addEventListener('abort', close, { once: true })
  if (screen.isTTY) screen.write(`${ESCAPE}[2J`)
  try {
    while (!signal.aborted) {
      const text = await look(reader)
      screen.write(screen.isTTY ? redrawn(text, screen.rows) : text)
      await sleep(PERIOD, undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

/** What a screen has no room for is cut off below, and counted. */
function redrawn(text: string, rows = Infinity): string {
  const lines = text.trimEnd().split('\n')
  const title = paint.dim(`${clock(Date.now())}, every ${PERIOD / 1000} s; Ctrl-C ends it`)
  const room = rows - 3
  const cut = lines.length - room
  const shown = cut > 0 ? [...lines.slice(0, room - 1), `… and ${cut + 1} lines more`] : lines
  return `${HOME}${[title, '', ...shown].map(line => `${line}${CLEAR_LINE}\n`).join('')}${CLEAR_BELOW}`
}
