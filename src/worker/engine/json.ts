const BOM = '\uFEFF'
/** What JSON.parse refuses or rounds; most answers have none of it. */
const SPECIAL = /NaN|Infinity|\d{16}/
/** A string (the end of the text also ends it, so that it never backtracks), or what stands for a number. */
const TOKEN = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|-?(?:NaN|Infinity)|-?\d[\d.eE+-]*/g
const INTEGER = /^-?[1-9]\d*$/
/** More digits than anybody counts money in; a longer integer becomes the nearest double. */
const DIGITS = 256

/**
 * Reads JSON as engines write it: a byte order mark is passed over, the bare NaN, Infinity and
 * -Infinity of Python's json module (https://docs.python.org/3/library/json.html) are null, and an
 * integer that a double would round is the text of its digits. Throws SyntaxError as JSON.parse does.
 */
export function readJson(text: string): unknown {
  const json = text.startsWith(BOM) ? text.slice(1) : text
  return JSON.parse(SPECIAL.test(json) ? json.replace(TOKEN, plain) : json)
}

function plain(token: string): string {
  if (token.startsWith('"')) return token
  if (/[NI]/.test(token)) return 'null'
  const rounded = INTEGER.test(token) && !Number.isSafeInteger(Number(token))
  return rounded && token.length <= DIGITS ? `"${token}"` : token
}
