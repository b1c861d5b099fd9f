import { createRequire } from 'node:module'
import type { RedisOptions, Redis as RedisType } from 'ioredis'

/** Its files are many: an import would look through each for names to export, a require does not. */
const { Redis } = createRequire(import.meta.url)('ioredis') as typeof import('ioredis')

/** Redis refuses the database, or the log-in, that a connection asked for before anything else. */
export class RedisRefusal extends Error {
  override name = 'RedisRefusal'
  readonly what: 'database' | 'login'

  constructor(what: RedisRefusal['what'], message: string) {
    super(message)
    this.what = what
  }
}

type Sent = Parameters<RedisType['sendCommand']>[0]

/**
 * A connection that is ready only once its database and its user are those that were asked for, at the
 * start and after every reconnect. ioredis itself goes on where SELECT is refused, and then reads and
 * writes database 0, which may be another deployment's; nor does it mind some refusals of AUTH. Here
 * the refusal ends the attempt as a wrong password does: what waits is rejected, no command goes out,
 * and the next attempt asks anew.
 *
 * Its duplicates, BullMQ's among them, are of the same kind.
 */
export class Connection extends Redis {
  #refusal: RedisRefusal | null = null

  override sendCommand(command: Sent, stream?: Parameters<RedisType['sendCommand']>[1]): unknown {
    const name = command.name.toLowerCase()
    if (!this.condition?.handshake) return super.sendCommand(command, stream)
    // INFO is asked last, and what ioredis calls ready is that it was answered.
    if (name === 'info' && this.#refusal !== null) {
      command.reject(this.#refusal)
      return command.promise
    }
    if (name === 'hello' || name === 'auth' || name === 'select') this.#refusal = null
    if (name === 'auth' || name === 'select') {
      const { reject } = command
      command.reject = error => {
        if (error.name === 'ReplyError') this.#refusal = refusal(name, this.options.db ?? 0, error)
        reject(error.name === 'ReplyError' && this.#refusal ? this.#refusal : error)
      }
    }
    return super.sendCommand(command, stream)
  }

  // How replies look is the same everywhere here, so its type need not follow the options.
  override duplicate(override?: Partial<RedisOptions>): never {
    const options: Omit<RedisOptions, 'replyMapping'> = { ...this.options, ...override }
    return new Connection(options) as never
  }
}

/** In words of ours: one with NOPERM in it ioredis takes for leave to go on. */
function refusal(command: 'select' | 'auth', database: number, { message }: Error): RedisRefusal {
  if (command === 'auth') return new RedisRefusal('login', `it refuses the login: ${message}`)
  return new RedisRefusal('database', noDatabase(database, message))
}

function noDatabase(database: number, message: string): string {
  if (message.startsWith('NOPERM')) return `its user may not choose database ${database}`
  if (/out of range/.test(message)) return `it has no database ${database}`
  return `it refuses database ${database}: ${message}`
}
