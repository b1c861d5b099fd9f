/**
 * Text from elsewhere as it may be shown: what could turn the direction of writing, or cannot be
 * seen at all, stands there as an escape.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, character => SHORT[character] ?? escaped(character))
}

const UNSAFE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu
const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
