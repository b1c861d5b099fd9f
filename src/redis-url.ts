import { host } from './addresses.ts'
import { type Kind, MASK, Unfit } from './setting-kinds.ts'

/** Scheme, what stands before the last @, host and port, path, and what follows ? or #. */
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/(?:(.*)@)?([^/?#]*)([^?#]*)(.*)$/is

/** Parameters that people know from other clients, and what there is instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  db: 'the database is a number behind the host, redis://host/2',
  keyprefix: 'a prefix is set by --prefix (SCHEDULER_PREFIX)',
  password: 'a password stands before the host, redis://:password@host',
  username: 'a user stands before the host, redis://user:password@host',
  tls: 'rediss:// is TLS',
  ssl: 'rediss:// is TLS',
  sentinels: 'Sentinels are set by REDIS_SENTINELS',
}

/** `redis://` or `rediss://`; what is wrong is named by its part, and only the password is hidden. */
export const redisUrl: Kind<string> = {
  expected:
    'redis://[user:password@]host[:port][/database] or rediss://…, special characters in the password as %XX',
  secret: true,
  parse(given) {
    const text = given.trim()
    const [, scheme = '', login = '', address = '', path = '', more = ''] = PARTS.exec(text) ?? []
    const wrong = [
      ...ofScheme(text, scheme),
      // Another kind of URL has other parts.
      ...(/^rediss?$/i.test(scheme)
        ? [...ofLogin(login), ...ofAddress(address), ...ofPath(path), ...ofRest(more)]
        : []),
    ]
    if (wrong.length > 0) throw new Unfit(wrong.join('; '))
    const [name, port] = split(address)
    const database = Number(path.replaceAll('/', ''))
    // As ioredis understands it: it looks for `rediss` in small letters, or does without TLS.
    const url = new URL(`${scheme.toLowerCase()}://x`)
    const [user = '', ...password] = login.split(':')
    url.username = user
    url.password = password.join(':')
    const credentials = /^[^:]*:\/\/(.*@)?x$/.exec(url.href)?.[1] ?? ''
    const where = `${host.parse(name)}${port === '' ? '' : `:${Number(port)}`}`
    return `${url.protocol}//${credentials}${where}${database === 0 ? '' : `/${database}`}`
  },
  show(value) {
    const url = new URL(value)
    if (url.password) url.password = MASK
    // A name without a password may well be a password whose colon was forgotten.
    else if (url.username) url.username = MASK
    return url.href
  },
  masked(given) {
    const [, scheme = '', login, address = '', path = '', more = ''] =
      PARTS.exec(given.trim()) ?? []
    // What could be a part of the password, whose @ or host was forgotten, is not shown either.
    const [name, port] = split(address)
    if (!/^([\w.-]+|\[[\da-f:.]*\])$/i.test(name) || scheme === '') return MASK
    if (!(login === undefined ? /^[/\w-]*$/ : /^[/\d]*$/).test(path)) return MASK
    const shownPort = port && `:${isPort(port) || login !== undefined ? port : MASK}`
    const user = /^([\w.-]*):/.exec(login ?? '')?.[1]
    const shown = login === undefined ? '' : `${user === undefined ? '' : `${user}:`}${MASK}@`
    const names = more.startsWith('?') ? [...new URLSearchParams(more).keys()] : []
    return `${scheme}://${shown}${name}${shownPort}${path}${names.length === 0 ? '' : `?${names.join('&')}`}`
  },
}

function ofScheme(text: string, scheme: string): string[] {
  if (/^(\/|\.|(redis\+)?(unix|file|socket)|redis-socket\b)/i.test(text)) {
    return ['a host: unix sockets are not supported, let Redis listen on 127.0.0.1 (port, bind)']
  }
  if (/^redis[-+]sentinel/i.test(scheme)) {
    return ['redis:// or rediss://: Sentinels are set by REDIS_SENTINELS and REDIS_SENTINEL_NAME']
  }
  if (/^rediss?$/i.test(scheme)) return []
  return [`redis:// or rediss:// (TLS) before the host${scheme && `, not ${scheme}://`}`]
}

function ofLogin(login: string): string[] {
  const odd = /[\s/?#]/.test(login) || !decodable(login)
  return odd ? ['special characters in the password as %XX (/ ? # % as %2F %3F %23 %25)'] : []
}

function ofAddress(address: string): string[] {
  const [name, port] = split(address)
  const wrong = port === '' || isPort(port) ? [] : ['a port from 1 to 65535']
  if (name === '') return ['a host', ...wrong]
  if (name.includes(',')) return ['one host (Sentinels are set by REDIS_SENTINELS)', ...wrong]
  try {
    host.parse(name)
    return wrong
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    return ['a host name or an address as the host', ...wrong]
  }
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
}

function ofPath(path: string): string[] {
  return /^\/?(\d{1,9}\/?)?$/.test(path) ? [] : ['a number as the database behind the host']
}

function ofRest(more: string): string[] {
  if (more === '' || more === '?') return []
  if (more.startsWith('#')) return ['nothing behind the database (# in a password is %23)']
  return [...new Set(new URLSearchParams(more).keys())].map(name => {
    const instead = INSTEAD[name.toLowerCase()]
    return `no parameter ${name}${instead === undefined ? ', it is not supported' : `: ${instead}`}`
  })
}

/** `host:port`; the colons of an IPv6 address stand in brackets. */
function split(address: string): [name: string, port: string] {
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(address) ?? ['', address]
  return [name, port]
}

function decodable(part: string): boolean {
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}
