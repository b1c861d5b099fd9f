import { isLoopback } from '../dashboard-settings.ts'
import type { Redis } from '../redis.ts'
import { about, type Finding } from './finding.ts'
import type { Connected, Subject } from './subject.ts'

const { ok, warning } = about('redis access')

/** Who else can reach Redis, and read what goes to it? */
export async function redisAccess(subject: Connected): Promise<Finding[]> {
  const { redis, config } = subject
  const url = new URL(config.redis.url)
  const hosts = hostsOf(subject).filter(host => !isLoopback(host))
  const [away, where] = [hosts.length > 0, hosts.join(', ')]
  const problems: Finding[] = []
  if (await isOpen(redis, url)) {
    const advice = 'set a password (requirepass, or ACL SETUSER) and put it into REDIS_URL_FILE'
    if (away) {
      const found = `${where}: who reaches it on the network needs no password`
      problems.push(warning(found, advice))
    } else if (await listensToAll(redis)) {
      const found = 'it listens beyond this machine, unprotected, and asks for no password'
      problems.push(warning(found, `${advice}; or bind 127.0.0.1`))
    }
  }
  if (away && url.protocol === 'redis:' && url.password !== '') {
    const found = `${where}: its password travels readable for the network (redis://)`
    problems.push(warning(found, 'use rediss:// (TLS), or a private network or tunnel'))
  }
  if (problems.length > 0) return problems
  return [ok(away ? 'it asks for a password' : 'only this machine reaches it')]
}

function hostsOf({ config }: Subject): string[] {
  const { url, sentinel } = config.redis
  if (!sentinel) return [new URL(url).hostname]
  return sentinel.nodes.map(({ host }) => (host.includes(':') ? `[${host}]` : host))
}

/** Where this user may not ask, its own URL says whether a password was needed. */
async function isOpen(redis: Redis, url: URL): Promise<boolean> {
  const reply = await redis.call('ACL', 'GETUSER', 'default').catch(() => null)
  if (!Array.isArray(reply)) return url.password === ''
  const flags: unknown = reply[reply.indexOf('flags') + 1]
  return Array.isArray(flags) && flags.includes('on') && flags.includes('nopass')
}

/** False where this user may not ask. */
async function listensToAll(redis: Redis): Promise<boolean> {
  const asked = ['bind', 'protected-mode'].map(name => redis.config('GET', name).catch(() => []))
  const [bind, mode] = (await Promise.all(asked)) as string[][]
  if (mode?.[1] !== 'no' || bind?.[1] === undefined) return false
  const hosts = bind[1].split(' ').map(host => host.replace(/^-/, ''))
  return hosts.some(host => !isLoopback(host.includes(':') ? `[${host}]` : host))
}
