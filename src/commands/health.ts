import { get, type IncomingMessage } from 'node:http'
import { type CommandContext, UserError } from '../command.ts'
import type { Config } from '../config.ts'
import { healthSheet } from '../health/sheet.ts'
import { jsonLine, printable, widthOf } from '../terminal.ts'

/** Exit codes: not well, no port set, nobody answers. */
const ILL = 1
const USAGE = 2
const UNAVAILABLE = 69
/** Characters of an answer; a process never tells as many. */
const MOST = 1_000_000

/** Asks the process of these settings how it is, prints its answer, and says it with the exit code. */
export async function health({ argv, env, load, stdout }: CommandContext): Promise<number> {
  const { config } = load({ credentials: false })
  const probe = String(argv.check)
  const base = address(config.health)
  const { status, body } = await ask(`${base}/${probe}`, Number(argv.wait))
  const well = status === 200
  const told = probe === 'healthz' ? objectIn(body) : null
  // Many a server answers 200 to whatever it is asked.
  if (well && (probe === 'healthz' ? !isHealth(told) : body !== 'ok\n')) throw stranger(base)
  if (argv.json === true) {
    const answer = told ?? { check: probe, ok: well, answer: body.trimEnd().split('\n') }
    stdout.write(jsonLine(answer))
  } else if (told !== null) stdout.write(healthSheet(told, widthOf(stdout, env)))
  else stdout.write(`${body.trimEnd().split('\n').map(printable).join('\n')}\n`)
  return well ? 0 : ILL
}

/** The address to ask at: one that is all of a machine's addresses is asked at its loopback. */
function address({ host, port }: Config['health']): string {
  if (port === null) {
    throw new UserError('no health checks: SCHEDULER_HEALTH_PORT is not set', {
      hint: 'set it (or --health-port) to the port that the process was started with',
      exitCode: USAGE,
    })
  }
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '[::]' ? '[::1]' : host
  return `http://${near}:${port}`
}

async function ask(url: string, wait: number): Promise<{ status: number; body: string }> {
  const signal = AbortSignal.timeout(wait)
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { agent: false, signal }, resolve).on('error', reject)
    })
    let body = ''
    for await (const chunk of response.setEncoding('utf8')) {
      body += chunk
      if (body.length > MOST) break
    }
    return { status: response.statusCode ?? 0, body }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const why = signal.aborted ? `no answer within ${wait / 1000} s` : (code ?? message)
    throw new UserError(`nobody answers at ${url}: ${why}`, {
      hint: 'does the process run, and with this SCHEDULER_HEALTH_PORT?',
      exitCode: UNAVAILABLE,
      cause,
    })
  }
}

function stranger(base: string): UserError {
  return new UserError(`another program answers at ${base}, none of hft-scheduler`, {
    hint: 'compare SCHEDULER_HEALTH_PORT with that of the process',
    exitCode: UNAVAILABLE,
  })
}

/** In whatever version. */
function isHealth(told: object | null): boolean {
  return told !== null && 'status' in told && 'checks' in told
}

/** Null for what is none: another program has the port. */
function objectIn(json: string): object | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
