/** For people: the standard output belongs to the command that follows the set-up. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/** Ends the set-up. */
export function fail(code, text) {
  say(text)
  process.exit(code)
}
