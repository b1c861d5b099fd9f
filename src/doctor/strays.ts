import { keysOf } from '../ledger/keys.ts'
import { isGone, type Presence, type Present, presences } from '../presence.ts'
import { connectRedis, databaseOf, type Redis } from '../redis.ts'
import { about, type Finding } from './finding.ts'
import type { Connected } from './subject.ts'

const { warning } = about('processes')

/** Steps of a scan per database, keys per step, and databases: Redis may hold other programs' millions. */
const STEPS = 10
const STEP = 1000
const DATABASES = 16

/**
 * Where a part is missing, is it perhaps under another prefix, or in another database? Each waits for
 * the other then, and neither is wrong by itself.
 */
export async function strays(subject: Connected): Promise<Finding[]> {
  const { redis, keys, config } = subject
  const here = await living(redis, keys)
  const missing = (['producer', 'worker'] as const).filter(part => !here.some(is(part)))
  if (missing.length === 0) return []
  const { url, prefix } = config.redis
  const own = databaseOf(url)
  const found: Finding[] = []
  for (const database of [own, ...databases(subject, own)]) {
    await inDatabase(subject, { database, own }, async connection => {
      for (const other of await prefixes(connection)) {
        if (database === own && other === prefix) continue
        const there = await living(connection, keysOf(other))
        for (const part of missing) {
          const names = there.filter(is(part)).map(({ name }) => name)
          if (names.length === 0) continue
          const where = database === own ? other : `${other} of database ${database}`
          const what = `no ${part} is alive under ${prefix}, but under ${where}: ${names.join(', ')}`
          found.push(warning(what, 'is it meant? Give all the same REDIS_URL and SCHEDULER_PREFIX'))
        }
      }
    })
  }
  return found
}

function is(part: Presence['part']): (one: Presence) => boolean {
  return one => one.part === part
}

async function living(redis: Redis, keys: Connected['keys']): Promise<Present[]> {
  const now = Date.now()
  return (await presences(redis, keys)).filter(it => !isGone(it, now))
}

/** The other databases that hold anything, as far as this user may know. */
function databases({ info }: Connected, own: number): number[] {
  const names = [...(info?.keys() ?? [])].flatMap(name => /^db(\d+)$/.exec(name)?.[1] ?? [])
  return names
    .map(Number)
    .filter(database => database !== own)
    .slice(0, DATABASES)
}

/** One that this user may not enter is passed over. */
async function inDatabase(
  { redis, config }: Connected,
  { database, own }: { database: number; own: number },
  look: (connection: Redis) => Promise<void>,
): Promise<void> {
  if (database === own) return look(redis)
  const url = new URL(config.redis.url)
  url.pathname = `/${database}`
  const connection = await connectRedis({ ...config.redis, url: url.href }).catch(() => null)
  if (connection === null) return
  await look(connection).finally(() => connection.disconnect())
}

/** The prefixes under which processes say that they are there. */
async function prefixes(redis: Redis): Promise<string[]> {
  const found = new Set<string>()
  let cursor = '0'
  for (let step = 0; step < STEPS; step++) {
    const [next, names] = await redis.scan(cursor, 'MATCH', '*:processes', 'COUNT', STEP)
    for (const name of names) found.add(name.slice(0, name.lastIndexOf(':')))
    cursor = next
    if (cursor === '0') break
  }
  return [...found].sort()
}
