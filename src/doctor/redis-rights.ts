import { lackingRights } from '../rights.ts'
import { about, type Finding } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, warning, failure } = about('redis rights')

/** May this user of Redis do what a producer and a worker do? Asked without doing it. */
export async function redisRights({ redis, config }: Connected): Promise<Finding[]> {
  const lacking = await lackingRights(redis, { prefix: config.redis.prefix, role: 'running' })
  if (lacking === null) return [ok('before Redis 7 only an administrator can ask for them')]
  const { essential, optional } = lacking
  const advice =
    'ACL SETUSER gives them; Rights in Redis in docs/operations.md says who needs which'
  if (essential.length > 0) {
    const all = [...essential, ...optional].join(' ')
    return [
      failure(`a producer or a worker can do nothing as this user, which lacks ${all}`, advice),
    ]
  }
  if (optional.length === 0) return [ok('this user may do all that producers and workers do')]
  return [
    warning(`all calls are made, but less is seen: this user lacks ${optional.join(' ')}`, advice),
  ]
}
