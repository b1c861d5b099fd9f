import { closeSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { isatty } from 'node:tty'

/** Exit code where the output could not be written (EX_IOERR of sysexits). */
const CUT_OFF = 74
/** What a shell says of a program that SIGPIPE has ended. */
const READER_GONE = 141

/** A failed write that left the beginning of its text behind. */
export interface TornWrite extends NodeJS.ErrnoException {
  torn?: boolean
}

/** Which of standard input, output and error were terminals when the process began. */
const TERMINALS = [0, 1, 2].filter(descriptor => isatty(descriptor))

/** Whether the process was started on a terminal; `nohup` and process managers leave it none. */
export const ON_TERMINAL = TERMINALS.length > 0

export interface Outputs {
  /** From here on a failed write ends nothing, and a reader who does not read stops nothing. */
  outlive(): void
  /** Ends the process once everything is written, or with the code that tells that it was not. */
  end(exitCode: number): void
}

/**
 * Sees to it that what is printed is printed whole, or that the exit code tells: 74 after a message,
 * 141 without one where nobody reads any more, as after `| head`.
 */
export function watchOutputs(name: string): Outputs {
  const { stdout, stderr } = process
  let outlived = false
  if (!(stdout instanceof Socket)) wholly(stdout, 1)
  if (!(stderr instanceof Socket)) wholly(stderr, 2)
  stdout.on('error', cutOff)
  // What cannot be said there can be said nowhere.
  stderr.on('error', () => {})
  process.on('exit', leaveTerminals)
  return {
    outlive() {
      outlived = true
      for (const output of [stdout, stderr]) neverWait(output)
    },
    end(exitCode) {
      const exit = () => process.exit(exitCode)
      if (outlived) setTimeout(exit, LAST)
      stdout.write('', error => (error && !outlived ? cutOff(error) : stderr.write('', exit)))
    },
  }

  function cutOff(error: NodeJS.ErrnoException): void {
    if (outlived) return
    if (error.code === 'EPIPE') process.exit(READER_GONE)
    stderr.write(`${name}: the output is not complete: ${whyNotWritten(error)}\n`)
    process.exit(CUT_OFF)
  }
}

/** What the system says, without the name of its call. */
export function whyNotWritten({ message }: Error): string {
  return message.replace(/^write |, write$/g, '')
}

/** A service that has ended waits no longer than this for somebody to read its last lines, ms. */
const LAST = 1000

/** Node writes to a file once and drops what a nearly full disk left over; this goes on or fails. */
function wholly(output: Writable, descriptor: number): void {
  output._write = (chunk: string | Buffer, encoding, done) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(descriptor, bytes, written)
      done()
    } catch (error) {
      done(Object.assign(error as TornWrite, { torn: written > 0 }))
    }
  }
}

/** Ctrl-S, or a connection that hangs, would stop the whole process in the middle of a write. */
function neverWait(output: Writable): void {
  const { _handle: handle } = output as { _handle?: { setBlocking?(on: boolean): void } }
  handle?.setBlocking?.(false)
}

/** Node aborts when it cannot restore the modes of a terminal that has gone. */
function leaveTerminals(): void {
  for (const descriptor of TERMINALS) {
    if (!isatty(descriptor)) closeSync(descriptor)
  }
}
