import type { CommandContext } from '../command.ts'
import { ConfigError, type Resolved } from '../config.ts'
import { examine } from '../doctor/doctor.ts'
import { about, type Finding } from '../doctor/finding.ts'
import { findingLines, findingSheet, isPlain } from '../doctor/sheet.ts'
import { widthOf } from '../terminal.ts'

/** Exit code when something needs a look. */
const LOOK = 3
/** After this long a person is told what is waited for, and again after as long, ms. */
const PATIENCE = 2000

const { warning, failure } = about('configuration')

/**
 * Looks at everything that a deployment rests on, and says what to do. The exit code is 0 when all
 * is fine, 3 when something needs a look, 1 when something does not work, and 2 for mistakes of the
 * configuration. Changes nothing.
 */
export async function doctor(context: CommandContext): Promise<number> {
  const { argv, env, stdout, stderr } = context
  const { warnings, ...resolved } = loaded(context)
  const waiting = new Set<string>()
  const tell = () => stderr.write(`waiting for ${[...waiting].join(', ')} …\n`)
  const timer = stderr.isTTY ? setInterval(tell, PATIENCE) : undefined
  try {
    const envFile = String(argv.settings ?? '.env')
    const found = await examine({ subject: { ...resolved, envFile }, waiting })
    const all = [...warnings.map(doubt), ...found]
    stdout.write(
      argv.json === true
        ? findingLines(all)
        : findingSheet(all, isPlain(env), widthOf(stdout, env)),
    )
    return exitCode(all)
  } finally {
    clearInterval(timer)
  }
}

/** Mistakes are findings for a program, and for people what every command says of them. */
function loaded({ argv, load, stdout }: CommandContext): Resolved {
  try {
    return load({ credentials: false })
  } catch (error) {
    if (error instanceof ConfigError && argv.json === true) {
      stdout.write(findingLines(error.problems.map(mistake)))
    }
    throw error
  }
}

function mistake(text: string): Finding {
  return failure(text, 'put it right; hft-scheduler check shows what counts, and from where')
}

function doubt(text: string): Finding {
  return warning(text, 'hft-scheduler check shows what counts, and from where')
}

function exitCode(found: readonly Finding[]): number {
  if (found.some(({ level }) => level === 'failure')) return 1
  return found.some(({ level }) => level === 'warning') ? LOOK : 0
}
