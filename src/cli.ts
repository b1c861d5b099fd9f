#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parse } from 'dotenv'
import yargs, { type Argv } from 'yargs'
import { hideBin } from 'yargs/helpers'
import { type CommandContext, UserError } from './command.ts'
import { COMMANDS, type Declaration } from './command-declarations.ts'
import { COMMAND_OPTIONS, settingOptions } from './command-options.ts'
import { ConfigError, resolveConfig } from './config.ts'
import { cutShort, envFileText } from './env-file.ts'
import { redisOfRunningUp } from './running-up.ts'
import { nearest } from './unknown-variables.ts'

const NAME = 'hft-scheduler'
/** Exit code of everything that is wrong with what was typed or configured. */
const USAGE = 2
/** How long a command that only reads or asks may go on after the first signal, ms. */
const GRACE = 2000

const stop = new AbortController()
const hurry = new AbortController()
let service = false
let exitCode = 0

process.on('SIGINT', () => interrupted(130))
process.on('SIGTERM', () => interrupted(143))
for (const output of [process.stdout, process.stderr]) output.on('error', readerGone)

try {
  await commandLine().parseAsync()
} catch (error) {
  exitCode = report(error)
}
// What is written must be out before the exit, which does not wait for handles left open.
process.stdout.write('', () => process.exit(exitCode))

function commandLine(): Argv {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  const parser = yargs(hideBin(process.argv))
    .scriptName(NAME)
    .usage('$0 <command> [options]\n\nCalls trading engines on time, one call at a time.')
    .detectLocale(false)
    .parserConfiguration({
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .exitProcess(false)
    .strict()
    .recommendCommands()
    .option('env-file', {
      type: 'string',
      requiresArg: true,
      describe: 'file with environment variables, instead of .env in the current folder',
    })
    .example('$0 up', 'everything on this machine, ready in a moment')
    .example('$0 up --interval 1', 'the same with a slot every second')
    .example('$0 check', 'what is configured, and from where')
    .example('$0 runs --verdict failed --since 1h', 'what went wrong lately')
    .epilogue('Flags win over the environment, the environment over .env, .env over defaults.')
    .completion('completion', 'print a script for completion in the shell')
    .version(version)
    .help()
    .wrap(100)
    .fail((message, error, parser) => {
      throw error ?? new UserError(suggestion(message, parser), { exitCode: USAGE, hint: HELP })
    })
  for (const name of Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]) declare(parser, name)
  return parser.command('$0', false, {}, () => parser.showHelp('log'))
}

function declare(parser: Argv, name: keyof typeof COMMANDS): void {
  const declaration = COMMANDS[name]
  const { target, describe, groups } = declaration
  parser.command(
    target ? `${name} <${target.name}>` : name,
    describe,
    command => {
      if (target) command.positional(target.name, { type: 'string', describe: target.describe })
      return command.options({ ...COMMAND_OPTIONS[name], ...settingOptions(groups) })
    },
    async argv => {
      exitCode = await perform(declaration, argv)
    },
  )
}
