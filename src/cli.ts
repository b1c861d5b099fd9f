#!/usr/bin/env node
import { parse } from 'dotenv'
import yargs, { type Argv } from 'yargs'
import { hideBin } from 'yargs/helpers'
import { type CommandContext, UserError } from './command.ts'
import { COMMANDS, type Declaration } from './command-declarations.ts'
import { GENERAL_OPTIONS, ownOptions, settingOptions } from './command-options.ts'
import { ConfigError, resolveConfig } from './config.ts'
import { doubtsIn, envFileText, mistakesIn } from './env-file.ts'
import { swallowed } from './npm-options.ts'
import { ON_TERMINAL, watchOutputs } from './outputs.ts'
import { question } from './question.ts'
import { isOfRedis, redisAdvice, redisProblem } from './redis-errors.ts'
import { runningUp } from './running-up.ts'
import { hearSignals } from './signals.ts'
import { missing } from './suggestion.ts'
import { readTyped, type Typed } from './typed.ts'
import { VERSION } from './version.ts'

const NAME = 'hft-scheduler'
/** Exit code of everything that is wrong with what was typed or configured. */
const USAGE = 2
/** … and with Redis, which is out of reach or refuses something. */
const UNAVAILABLE = 69
const HELP = `see ${NAME} --help, or ${NAME} <command> --help`
const EXAMPLES: Declaration['examples'] = [
  ['up', 'everything on this machine, ready in a moment'],
  ['up --interval 1', 'the same with a slot every second'],
  ['check', 'what is configured, and from where'],
  ['runs --verdict failed --since 1h', 'what went wrong lately'],
]

const signals = hearSignals(ON_TERMINAL)
const outputs = watchOutputs(NAME)
let exitCode = 0

try {
  const typed = hideBin(process.argv)
  const { words, values } = understood(typed)
  const parser = commandLine(words, values)
  if (await completed(typed)) exitCode = 0
  else if (words.length > 0) await parser.parseAsync()
  else parser.showHelp('log')
} catch (error) {
  exitCode = report(error)
}
outputs.end(exitCode)

/** What was typed; throws UserError with everything in it that is wrong. */
function understood(typed: readonly string[]): Typed {
  const npm = process.env.npm_lifecycle_event === 'start'
  const read = readTyped(typed, npm)
  const taken = swallowed(process.env)
  // The values of what npm has taken are words without an option: passwords among them.
  const mistakes = taken.length > 0 ? taken : read.mistakes
  if (mistakes.length === 0) return read
  throw new UserError(mistakes.join(`\n${NAME}: `), { exitCode: USAGE, hint: HELP })
}

function commandLine(words: readonly string[], values: Typed['values']): Argv {
  const parser = yargs([...words])
    .scriptName(NAME)
    .usage('$0 <command> [options]\n\nCalls trading engines on time, one call at a time.')
    .detectLocale(false)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .exitProcess(false)
    .strict()
    .demandCommand(1, 'A command is missing')
    .options(GENERAL_OPTIONS)
    .example(lined(EXAMPLES))
    .epilogue('Flags win over the environment, the environment over .env, .env over defaults.')
    .version('version', 'print the version', VERSION)
    .help('help', 'show what can be typed')
    .wrap(width())
    .fail((message, error) => {
      // The parser's own errors are about what was typed; any other one is a bug.
      if (error && error.name !== 'YError') throw error
      const text = missing(message ?? error.message, words)
      throw new UserError(text, { exitCode: USAGE, hint: HELP })
    })
  for (const name of Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]) {
    declare(parser, name, values)
  }
  return parser.completion('completion', 'print a script for completion in the shell')
}

/** Of the help: as wide as the terminal, where there is one, but no wider than can be read well. */
function width(): number {
  return Math.min(100, Number(process.env.COLUMNS) || process.stdout.columns || 100)
}

/** Was it the shell that asked for names which the parser does not know? It is told. */
async function completed([request, _ours, ...words]: readonly string[]): Promise<boolean> {
  if (request !== '--get-yargs-completions') return false
  const { complete } = await import('./commands/complete.ts')
  const found = await complete(words, loader({}))
  process.stdout.write((found ?? []).map(name => `${name}\n`).join(''))
  return found !== null
}

function declare(parser: Argv, name: keyof typeof COMMANDS, values: Typed['values']): void {
  const declaration = COMMANDS[name]
  const { target, describe, groups, examples } = declaration
  parser.command(
    target ? `${name} <${target.name}>` : name,
    describe,
    command => {
      if (target) command.positional(target.name, { type: 'string', describe: target.describe })
      command.example(lined(examples))
      return command.options({ ...ownOptions(name), ...settingOptions(groups) })
    },
    async argv => {
      exitCode = await perform(declaration, { ...argv, ...values })
    },
  )
}

/** As comments of the shell: two columns would break lines in the middle of what can be typed. */
function lined(examples: Declaration['examples'] = []): [string, string][] {
  return examples.map(([typed, purpose]) => [`$0 ${typed}  # ${purpose}`, ''])
}

async function perform(declaration: Declaration, argv: Record<string, unknown>): Promise<number> {
  signals.runs(declaration.service ? 'service' : 'command')
  if (declaration.service) outputs.outlive()
  try {
    const command = await declaration.command()
    return await command({
      argv,
      load: loader(argv),
      env: process.env,
      stdout: process.stdout,
      stderr: process.stderr,
      ask: process.stdin.isTTY && process.stderr.isTTY ? question(signals.stop) : null,
      signal: signals.stop,
      onIgnored: signals.onIgnored,
    })
  } catch (error) {
    return report(error)
  }
}

function loader(argv: Record<string, unknown>): CommandContext['load'] {
  return (needs, defaults = {}) => {
    const here = runningUp(process.cwd())
    const named = argv.settings as string | undefined
    const dotenvFile = named ?? '.env'
    const text = envFileText(named, here?.folder)
    const dotenv = parse(text)
    const mistakes = mistakesIn(text, dotenvFile)
    const doubts = doubtsIn(text, dotenvFile)
    const sources = { flags: argv, env: process.env, dotenv, dotenvFile, mistakes, doubts }
    const given = Object.fromEntries(Object.keys(defaults).map(name => [name, `${argv._}`]))
    return resolveConfig(
      {
        ...sources,
        defaults: { ...(here === null ? {} : { 'redis-url': here.url }), ...defaults },
        origins: { 'redis-url': `up in ${nameOf(here?.folder)}`, ...given },
      },
      needs,
    )
  }
}

function nameOf(folder = process.cwd()): string {
  return folder === process.cwd() ? 'this folder' : folder
}

function report(error: unknown): number {
  if (error instanceof ConfigError) {
    // They may say why: a variable that is not set, as its name is mistyped.
    const warnings = error.picture.warnings.map(line => `warning: ${line}\n`).join('')
    process.stderr.write(`${warnings}${NAME}: ${error.message}\n`)
    return USAGE
  }
  if (error instanceof UserError) {
    const { hint, exitCode } = error
    process.stderr.write(`${NAME}: ${error.message}\n${hint === null ? '' : `  ${hint}\n`}`)
    return exitCode
  }
  if (isOfRedis(error)) {
    const advice = redisAdvice(error)
    process.stderr.write(
      `${NAME}: Redis: ${redisProblem(error)}\n${advice === null ? '' : `  ${advice}\n`}`,
    )
    return UNAVAILABLE
  }
  process.stderr.write(`${NAME}: ${error instanceof Error ? error.stack : String(error)}\n`)
  return 1
}
