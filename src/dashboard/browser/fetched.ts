import { useCallback, useEffect, useState } from 'preact/hooks'

/** A fetch that failed for the moment is made again after this long, ms. */
const AGAIN_AFTER = 5000

export interface Fetched<T> {
  /** The newest answer: it stays while another is fetched, or when that fails. */
  data: T | null
  /** Why there is nothing newer, for people. */
  error: string | null
  loading: boolean
  again(): void
}

/** JSON from `url`, fetched again when that changes; nothing is fetched for null. */
export function useFetched<T>(url: string | null): Fetched<T> {
  const [asked, setAsked] = useState(0)
  const [found, setFound] = useState<{ data: T | null; error: string | null; of: string | null }>({
    data: null,
    error: null,
    of: null,
  })
  const request = url === null ? null : `${asked} ${url}`
  useEffect(() => {
    if (url === null || request === null) return
    const stop = new AbortController()
    let timer: number | undefined
    void get<T>(url, stop.signal).then(answer => {
      if (stop.signal.aborted) return
      setFound(before => ({ data: answer.data ?? before.data, error: answer.error, of: request }))
      if (answer.passing) timer = window.setTimeout(() => setAsked(n => n + 1), AGAIN_AFTER)
    })
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [request])
  const again = useCallback(() => setAsked(n => n + 1), [])
  return { data: found.data, error: found.error, loading: found.of !== request, again }
}

/** Who asks for something to be done is told within this time: later it must not be done, ms. */
const IN_TIME = 10_000

/**
 * Posts JSON. Status 0: no answer came. A browser sends what waits for a free connection as soon as
 * there is one, however late: what is not answered in time is taken back.
 */
export async function send(
  url: string,
  body: object,
): Promise<{ ok: boolean; status: number; body: unknown }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(IN_TIME),
    })
    const { ok, status } = response
    return { ok, status, body: await response.json().catch(() => null) }
  } catch {
    return { ok: false, status: 0, body: null }
  }
}

/** What an answer that is not ok says to people. */
export function messageOf({ status, body }: { status: number; body: unknown }): string {
  const { error } = (body ?? {}) as { error?: { message?: unknown } }
  if (typeof error?.message === 'string') return error.message
  return status === 0 ? 'The dashboard does not answer.' : `The dashboard answered ${status}.`
}

interface Answer<T> {
  data: T | null
  error: string | null
  /** May the same request do better in a moment? */
  passing: boolean
}

async function get<T>(url: string, signal: AbortSignal): Promise<Answer<T>> {
  try {
    const response = await fetch(url, { signal, headers: { accept: 'application/json' } })
    const { ok, status } = response
    const body = await response.json().catch(() => null)
    if (ok && body !== null) return { data: body as T, error: null, passing: false }
    return { data: null, error: messageOf({ status, body }), passing: status >= 500 }
  } catch {
    return { data: null, error: messageOf({ status: 0, body: null }), passing: true }
  }
}
