/** Asks the person at the terminal; what is answered when `signal` breaks the question off is nothing. */
export function question(signal: AbortSignal): (text: string) => Promise<string> {
  return async text => {
    const { createInterface } = await import('node:readline/promises')
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    // In its raw mode a Ctrl-C is no signal.
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    try {
      return await terminal.question(text, { signal })
    } catch (error) {
      if (signal.aborted) return ''
      throw error
    } finally {
      terminal.close()
    }
  }
}
