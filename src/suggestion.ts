import { COMMANDS } from './command-declarations.ts'
import { COMMAND_OPTIONS, settingOptions } from './command-options.ts'
import { nearest } from './unknown-variables.ts'

const OPTIONS = [settingOptions(), ...Object.values(COMMAND_OPTIONS)].flatMap(options =>
  Object.keys(options).map(name => `--${name}`),
)

/**
 * What is wrong with what was typed, from what the parser says of it; where a name was mistyped, with
 * the one that was meant.
 */
export function suggestion(message: string, typed: readonly string[]): string {
  const missing = /^Missing required arguments?: (.*)$/.exec(message)?.[1]?.split(', ')
  if (missing) return `Missing: ${missing.map(name => `--${name}`).join(', ')}`
  const command = typed.find(word => word in COMMANDS) as keyof typeof COMMANDS | undefined
  const target = command && COMMANDS[command].target
  if (target && message.startsWith('Not enough non-option')) return `Missing: <${target.name}>`
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]?.split(', ')
  if (!unknown) return message
  const words = unknown.filter(name => typed.includes(name))
  // Options are listed as typed and once more in camel case.
  const options = unknown.filter(name => !words.includes(name) && !/[A-Z]/.test(name))
  return `Unknown: ${[
    ...words.map(word => meant(word, nearest(word, Object.keys(COMMANDS)))),
    ...options.map(name =>
      OPTIONS.includes(`--${name}`)
        ? `--${name} (not an option of this command)`
        : meant(`--${name}`, nearest(`--${name}`, OPTIONS)),
    ),
  ].join(', ')}`
}

function meant(typed: string, name: string | null): string {
  return name === null ? typed : `${typed} (did you mean ${name}?)`
}
