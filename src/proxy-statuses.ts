/**
 * Is this status a proxy's, about an engine that may have the call and still work on it? 408 and 425
 * are among them: the engine never answers these, and a proxy that waited in vain for the rest of a
 * request, or refused it because it came early, may have passed it on before.
 */
export function speaksForAnother(status: number): boolean {
  return status === 408 || status === 425 || status > 500
}
