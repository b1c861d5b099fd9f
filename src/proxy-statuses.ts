/**
 * Is this status a proxy's, about an engine that may have the call and still work on it? 408 and 425
 * are among them: the engine never answers these, and a proxy that waited in vain for the rest of a
 * request, or refused it because it came early, may have passed it on before.
 */
export function speaksForAnother(status: number): boolean {
  return status === 408 || status === 425 || status > 500
}

/** Gateways answer these when they have lost an engine that had the call, or waited for it in vain. */
const AFTERWARDS: ReadonlySet<number> = new Set([408, 502, 504, 520, 524])

/** Those of `statuses` that are no proof of anything, whoever says so. */
export function doubtfulStatuses(statuses: readonly number[]): number[] {
  return statuses.filter(status => AFTERWARDS.has(status))
}
