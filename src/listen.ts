import { once } from 'node:events'
import type { Server } from 'node:net'
import { UserError } from './command.ts'

export interface ListenOptions {
  server: Server
  /** Whose settings `host` and `port` are: `--<part>-host`, `--<part>-port`. */
  part: 'dashboard' | 'health'
  /** IPv6 in brackets or without. */
  host: string
  port: number
  /** How many ports to try from `port` on, while other programs have them. Default: that one. */
  ports?: number
}

/** Resolves when `server` listens. Throws UserError where the address is not to be had. */
export async function listen(options: ListenOptions): Promise<void> {
  const { server, host, port, ports = 1 } = options
  const last = Math.min(port + ports - 1, 65_535)
  for (let next = port; ; next++) {
    try {
      server.listen(next, host.replace(/^\[(.*)\]$/, '$1'))
      await once(server, 'listening')
      return
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE' || next >= last) throw known(options, last, cause)
    }
  }
}

function known({ part, host, port }: ListenOptions, last: number, cause: unknown): unknown {
  const place = `${part}: cannot listen on ${host}:${port}`
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new UserError(
        last > port
          ? `${part}: the ports ${port} to ${last} of ${host} are taken by other programs`
          : `${place}, the port is taken by another program`,
        { hint: `end that, or choose another port with --${part}-port`, exitCode: 75, cause },
      )
    case 'EACCES':
      return new UserError(`${place}, this user may not`, {
        hint: `choose a port above 1023 with --${part}-port`,
        exitCode: 2,
        cause,
      })
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new UserError(`${place}, there is no such address on this machine`, {
        hint: `give an address of this machine with --${part}-host`,
        exitCode: 2,
        cause,
      })
    default:
      return cause
  }
}
