import { about, type Finding } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, warning, failure } = about('redis memory')

/** Above this share of what there is, somebody should look. */
const HIGH = 0.8

/** Does Redis keep what it is given, and is there room? */
export function redisMemory({ info }: Pick<Connected, 'info'>): Finding[] {
  if (info === null) return []
  const number = (name: string) => Number(info.get(name) ?? 0)
  const [used, most] = [number('used_memory'), number('maxmemory')]
  const [policy, evicted] = [info.get('maxmemory_policy') ?? '', number('evicted_keys')]
  const problems: Finding[] = []
  if (policy !== '' && policy !== 'noeviction') {
    const lost = evicted > 0 ? `; it has thrown away ${evicted} already` : ''
    const found = `maxmemory-policy ${policy}: it may throw away leases, verdicts and ticks${lost}`
    const advice = 'redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf'
    problems.push(failure(found, advice))
  }
  const all = most || number('total_system_memory')
  const whose = most > 0 ? 'maxmemory' : "the machine's memory"
  const found = `${mebibytes(used)} of ${mebibytes(all)} (${whose})`
  if (most > 0 && used >= most) {
    problems.push(failure(`full: ${found}; it refuses to write`, 'raise maxmemory (CONFIG SET)'))
  } else if (all > 0 && used > all * HIGH) {
    const advice = 'give it more, or keep less: --keep-runs, --keep-stats'
    problems.push(warning(`nearly full: ${found}`, advice))
  }
  return problems.length > 0 ? problems : [ok(`${found}, noeviction`)]
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 30 ? 1 : 0)} MiB`
}
