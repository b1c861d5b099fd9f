/** How long a command that only reads or asks may go on after the first signal, ms. */
const GRACE = 2000
/** npm passes on the Ctrl-C that we have had from the terminal: that soon it is the same one, ms. */
const ECHO = 250
/** What a shell says of a program that such a signal has ended. */
const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** What a service says of a signal that it goes on after. */
const IGNORED = {
  SIGHUP: 'SIGHUP does nothing yet: restart to have the configuration read again',
  SIGUSR1: 'SIGUSR1 does nothing: no debugger is opened',
  SIGUSR2: 'SIGUSR2 does nothing',
} as const

export interface Signals {
  /** Aborted by the first signal that asks for the end. */
  readonly stop: AbortSignal
  /** Says what runs: a service ends in its own time, anything else within seconds. */
  runs(what: 'service' | 'command'): void
  /** Hears what to say of each signal that is ignored, from the beginning on. */
  onIgnored(listener: (message: string) => void): void
}

/**
 * The first SIGINT or SIGTERM asks for the end, the second one is the end. SIGHUP says that the
 * terminal has gone and asks as well, however often it comes; without a terminal it ends nothing.
 */
export function hearSignals(onTerminal: boolean): Signals {
  const stop = new AbortController()
  const ignored: string[] = []
  let running: 'service' | 'command' | undefined
  let asked: { code: number; at: number } | undefined
  let listener = (message: string): void => void ignored.push(message)

  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => ask(CODES[name]))
  // Listening also keeps Node from opening a debugger's port at SIGUSR1.
  for (const name of ['SIGUSR1', 'SIGUSR2'] as const) process.on(name, () => ignore(name))
  process.on('SIGHUP', () => {
    if (onTerminal || running === 'command') end(CODES.SIGHUP)
    else ignore('SIGHUP')
  })
  return {
    stop: stop.signal,
    runs(what) {
      running = what
    },
    onIgnored(next) {
      listener = next
      for (const message of ignored.splice(0)) next(message)
    },
  }

  function ask(code: number): void {
    const at = performance.now()
    if (code === asked?.code && at - asked.at < ECHO) return
    if (asked !== undefined) process.exit(code)
    asked = { code, at }
    end(code)
  }

  function end(code: number): void {
    stop.abort()
    if (running !== 'service') setTimeout(() => process.exit(code), GRACE).unref()
  }

  function ignore(name: keyof typeof IGNORED): void {
    listener(IGNORED[name])
  }
}
