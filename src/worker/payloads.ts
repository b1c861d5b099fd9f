import { Payload } from '../jobs.ts'

/** Schedules whose ticks were validated lately; far more than any deployment has. */
const KEEP = 10_000

/** Reads job data, validating what it has not seen: the ticks of a schedule are all alike. */
export class Payloads {
  readonly #known = new Map<string, Payload>()

  /** The payload, or null for data of no known version. */
  read(data: unknown): Payload | null {
    const key = keyOf(data)
    const known = key === null ? undefined : this.#known.get(key)
    if (known !== undefined) return known
    const { data: payload } = Payload.safeParse(data)
    if (payload === undefined) return null
    if (this.#known.size >= KEEP) this.#known.clear()
    if (key !== null) this.#known.set(key, payload)
    return payload
  }
}

/** Null for what is no tick: every call by hand is another one. */
function keyOf(data: unknown): string | null {
  const { kind } = (data ?? {}) as Record<string, unknown>
  return kind === 'tick' ? JSON.stringify(data) : null
}
