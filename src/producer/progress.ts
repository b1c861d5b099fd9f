import { type Check, redisCheck } from '../health/check.ts'
import { LOOK, Standstill } from '../health/standstill.ts'
import type { Redis } from '../redis.ts'
import { span } from '../terminal.ts'

/**
 * Looks whether a producer gets on with its rounds. One that does not for 20 s, though Redis is
 * there, is dead. A round of many schedules may take longer: each of them is a sign of life, and so
 * is a round in which Redis refused everything.
 */
export class Progress {
  readonly #redis: Redis
  readonly #warn: (error: unknown) => void
  readonly #standstill = new Standstill()
  #timer: NodeJS.Timeout | undefined
  #signs = 0

  constructor(options: { redis: Redis; warn: (error: unknown) => void }) {
    this.#redis = options.redis
    this.#warn = options.warn
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#standstill.see(this.#redis.status === 'ready' ? String(this.#signs) : null)
    }, LOOK)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#standstill.see(null)
  }

  /** Does a duty; resolves to whether it was done, and never rejects. */
  async made(duty: () => Promise<void>): Promise<boolean> {
    try {
      await duty()
      return true
    } catch (error) {
      this.#warn(error)
      return false
    } finally {
      this.stepped()
    }
  }

  /** One step of a duty is over, which may have thousands. */
  stepped(): void {
    this.#signs += 1
  }

  /** `ahead`: by how many ms the books are ahead of now, and could not be put right yet. */
  checks(registered: boolean, ahead: number): Check[] {
    const { dead, seconds } = this.#standstill
    const declared = registered
      ? 'the schedules are declared'
      : 'the schedules are not declared yet'
    return [
      {
        ...{ name: 'rounds', probe: 'livez', ok: !dead },
        detail: dead ? `nothing was verified for ${seconds} s` : 'verifies and closes the books',
      },
      redisCheck(this.#redis.status === 'ready'),
      { name: 'declared', probe: 'readyz', ok: registered, detail: declared },
      {
        ...{ name: 'clock', probe: 'readyz', ok: ahead === 0 },
        detail: ahead === 0 ? 'steady' : `set back: the books are ${span(ahead)} ahead of now`,
      },
    ]
  }
}
