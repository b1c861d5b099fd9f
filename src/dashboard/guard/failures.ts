import { createHash, randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Events } from '../../events.ts'

/** So many failures within so long, s, and an address is not heard for a while. */
const ALLOWED = 5
const WINDOW = 60
/** The first block, s; each further one within an hour is twice as long, up to the longest. */
const FIRST = 60
const LONGEST = 900
const HOUR = 3600
/** Addresses are counted in so many drawers: whoever has millions of them fills no memory. */
const DRAWERS = 4096

/** Counts failed logins by address (IPv6: by network, /64) and slows down those who guess. */
export class Failures {
  readonly #events: Events
  readonly #failures = new RateLimiterMemory({ points: ALLOWED, duration: WINDOW })
  readonly #blocks = new RateLimiterMemory({ points: 1, duration: HOUR })
  /** Nobody can know whose drawer is whose. */
  readonly #salt = randomBytes(16)

  constructor({ events }: { events: Events }) {
    this.#events = events
  }

  /** Seconds until this address is heard again; 0 while it is. */
  async blocked(address: string): Promise<number> {
    const found = await this.#failures.get(this.#drawer(address))
    if (found === null || found.consumedPoints <= ALLOWED) return 0
    return Math.max(0, Math.ceil(found.msBeforeNext / 1000))
  }

  /** Announces the first one within a minute, and each block. */
  async add(address: string): Promise<void> {
    const drawer = this.#drawer(address)
    const { consumedPoints: failures } = await this.#failures.penalty(drawer)
    if (failures === 1) this.#events.emit('dashboard-refused', { address, until: null })
    if (failures < ALLOWED) return
    const { consumedPoints: blocks } = await this.#blocks.penalty(drawer)
    const seconds = Math.min(FIRST * 2 ** (blocks - 1), LONGEST)
    await this.#failures.block(drawer, seconds)
    this.#events.emit('dashboard-refused', { address, until: Date.now() + seconds * 1000 })
  }

  #drawer(address: string): string {
    const hash = createHash('sha256').update(this.#salt).update(networkOf(address)).digest()
    return String(hash.readUInt32BE() % DRAWERS)
  }
}

/** An IPv4 address as it is; of an IPv6 address the half that a household or a machine has. */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '')
  if (!isIPv6(bare)) return bare
  const [before = '', after] = bare.split('::')
  const groups = before === '' ? [] : before.split(':')
  const rest = after ? after.split(':') : []
  const zeros = after === undefined ? 0 : 8 - groups.length - rest.length
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...rest]
  return all
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')
}
