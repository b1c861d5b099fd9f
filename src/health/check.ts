/** One thing that a part of a process says of itself. */
export interface Check {
  name: string
  /**
   * `livez` where nothing but a new start helps, `readyz` where it cannot do its part now, `healthz`
   * where it does its part and somebody should have a look.
   */
  probe: 'livez' | 'readyz' | 'healthz'
  ok: boolean
  /** How it stands, for people; no secrets. */
  detail: string
}

/** A part that says how it is: at once, from what it knows, without asking anybody. */
export interface Checked {
  checks(): Check[]
}

/** That a part's connection to Redis can be used. */
export function redisCheck(ready: boolean): Check {
  const detail = ready ? 'ready' : 'out of reach'
  return { name: 'redis', probe: 'readyz', ok: ready, detail }
}
