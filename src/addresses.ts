import { isIPv4, isIPv6 } from 'node:net'
import { isHostName } from './host-name.ts'
import { type Kind, Unfit } from './setting-kinds.ts'

/** A host name or an address, as a URL has it: IPv6 in brackets. */
export const host: Kind<string> = {
  expected: 'a host name or an address alone',
  parse(given) {
    const name = given.trim()
    const elsewhere = misplaced(name)
    if (elsewhere) throw new Unfit(`${host.expected}: ${elsewhere}`)
    const bare = name.replace(/^\[(.*)\]$/, '$1')
    if (isIPv6(bare) && !bare.includes('%')) return `[${bare.toLowerCase()}]`
    if (!/^[\p{L}\p{N}._-]+$/u.test(name)) throw new Unfit(host.expected)
    const url = parsed(`http://${name}`)
    if (!url || !isHostName(url.hostname)) throw new Unfit(host.expected)
    // A URL reads 127.1 and 0x7f000001 as 127.0.0.1, and 1 as 0.0.0.1.
    if (isIPv4(url.hostname) && url.hostname !== name) {
      throw new Unfit(`${host.expected}: an IPv4 address of four decimal numbers`)
    }
    return url.hostname
  },
  show: value => value,
}

function misplaced(name: string): string | null {
  if (name.includes('@')) return 'user name and password are settings of their own'
  if (name.includes('://')) {
    return 'the scheme goes into --api-scheme (SCHEDULER_ENGINEAPI_SCHEME)'
  }
  if (name.includes('/')) return 'a path is not supported'
  if (/^[^:]+:\d+$/.test(name) || /\]:\d+$/.test(name)) {
    return 'the port goes into --api-port (SCHEDULER_ENGINEAPI_PORT)'
  }
  return null
}

/** The path of a URL as a prefix: begins with a slash and, unless it is all, ends without one. */
export const urlPath: Kind<string> = {
  expected: 'the path of a URL, e.g. /ops/scheduler',
  parse(given) {
    const path = `/${given.trim()}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')
    if (!/^\/[\w./~-]*$/.test(path) || /\/\.{1,2}(\/|$)/.test(path))
      throw new Unfit(urlPath.expected)
    return path
  },
  show: value => value,
}

/** Where a process listens, as ioredis takes it: an IPv6 host without brackets. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** `host:port, host:port`; the port is 26379 where none is given. */
export const sentinels: Kind<readonly Address[]> = {
  expected: 'a comma list of host:port, an IPv6 host in brackets',
  parse(given) {
    const nodes = given.split(',').map(part => parsed(`redis://${part.trim()}`))
    return nodes.map(url => {
      const bare = url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? ''
      if (bare === '' || url?.username || url?.port === '0' || !/^\/?$/.test(url?.pathname ?? '')) {
        throw new Unfit(sentinels.expected)
      }
      return { host: bare, port: Number(url?.port || 26_379) }
    })
  },
  show: nodes => nodes.map(({ host: name, port }) => `${name}:${port}`).join(', '),
}

/**
 * Everything of one deployment must be in one slot of a Redis Cluster: a prefix without a
 * `{hash tag}` becomes one.
 */
export const prefix: Kind<string> = {
  expected: 'a prefix without white space, with one {hash tag} or no braces at all',
  parse(given) {
    if (!/^[^\s{}]*(\{[^\s{}]+\})?[^\s{}]*$/.test(given) || given === '') {
      throw new Unfit(prefix.expected)
    }
    return given.includes('{') ? given : `{${given}}`
  },
  show: value => value,
}

function parsed(url: string): URL | null {
  try {
    return new URL(url)
  } catch {
    return null
  }
}
