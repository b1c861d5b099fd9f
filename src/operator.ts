import { hostname, userInfo } from 'node:os'

/** Who typed this, as far as the system knows: `user@host`. */
export function operator(): string {
  return `${user()}@${hostname()}`
}

function user(): string {
  try {
    return userInfo().username
  } catch {
    // The system has no name for this user, as in many a container.
    return String(process.getuid?.() ?? 'unknown')
  }
}
