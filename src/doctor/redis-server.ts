import { address } from '../redis.ts'
import { isOld, OLDEST } from '../redis-facts.ts'
import { about, type Finding } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, warning, failure } = about('redis server')

/** Below this many clock ticks a second Redis wakes its waiting clients later than a lead allows for. */
const LEAST_HZ = 10

/** What kind of Redis it is: new enough, ready, and one that can be written to. */
export function redisServer({ config, info }: Pick<Connected, 'config' | 'info'>): Finding[] {
  const where = address(config.redis.url)
  if (info === null) {
    const found = `${where} answers, but cannot see its version, memory and persistence: INFO is forbidden`
    return [warning(found, 'allow this user +info (ACL SETUSER), or ask who runs it')]
  }
  const version = info.get('redis_version') ?? ''
  const valkey = info.get('valkey_version')
  const name = valkey === undefined ? `Redis ${version}` : `Valkey ${valkey}`
  const hz = Number(info.get('hz') ?? LEAST_HZ)
  const problems: Finding[] = []
  if (valkey === undefined && isOld(version)) {
    const found = `${name} at ${where}, expected at least ${OLDEST}`
    problems.push(failure(found, 'install a newer Redis (7.2 or later) or Valkey'))
  }
  if (info.get('loading') === '1') {
    problems.push(failure(`${where} is still loading its data`, 'wait until it has loaded them'))
  }
  if (info.get('role') === 'slave') {
    const advice = `point REDIS_URL at its master (${info.get('master_host') ?? '?'}:${info.get('master_port') ?? '?'}), or set REDIS_SENTINELS`
    problems.push(failure(`${where} is a replica, which nobody can write to`, advice))
  }
  if (hz < LEAST_HZ) {
    const found = `hz ${hz}: a worker hears of its next tick up to ${Math.round(1000 / hz)} ms late`
    problems.push(warning(found, `redis-cli CONFIG SET hz ${LEAST_HZ}, and in redis.conf`))
  }
  return problems.length > 0 ? problems : [ok(`${name} at ${where}, hz ${hz}`)]
}
