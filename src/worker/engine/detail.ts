import { readJson } from './json.ts'

const LENGTH = 300
const MASK = '***'

/**
 * Text from outside, made fit for people, logs and Redis: without the secrets, on one line, control
 * and direction characters written out, at most 300 characters.
 */
export function detail(text: string, secrets: readonly string[]): string {
  const line = conceal(text, secrets).replace(/\s+/g, ' ').trim()
  // Cut before the escapes are written so that the work is bounded, and after it for the length.
  return cut(escapeControls(cut(line)))
}

/** What an engine, or the proxy before it, says in the body of an answer that is no success. */
export function excerpt(body: string, secrets: readonly string[]): string {
  return detail(said(body) ?? conceal(body, secrets).replace(/<[^>]*>/g, ' '), secrets)
}

function said(body: string): string | null {
  // White space of JavaScript includes the byte order mark.
  if (!body.trimStart().startsWith('{')) return null
  try {
    const { message, msg, error } = readJson(body) as Record<string, unknown>
    return [message, msg, error].find(text => typeof text === 'string') ?? null
  } catch {
    return null
  }
}

/** The text with its secrets hidden; nearly every answer holds none, and is looked through once. */
export function masked(text: string, secrets: readonly string[]): string {
  return secrets.some(secret => secret !== '' && text.includes(secret))
    ? conceal(text, secrets)
    : text
}

function conceal(text: string, secrets: readonly string[]): string {
  let safe = text
  for (const secret of secrets) {
    if (secret === '') continue
    for (const form of forms(secret)) safe = safe.replaceAll(form, MASK)
  }
  return safe
}

/** A secret as it stands in text, in JSON and in a URL. */
function forms(secret: string): string[] {
  // Half of a surrogate pair has no form in a URL, and encodeURIComponent would throw.
  const whole = secret.replace(/\p{Cs}/gu, '\uFFFD')
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(whole)]
}

function escapeControls(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, character => {
    const code = character.codePointAt(0) ?? 0
    return `\\u{${code.toString(16)}}`
  })
}

function cut(line: string): string {
  if (line.length <= LENGTH) return line
  return `${line.slice(0, LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
