import type { Redis } from './redis.ts'
import { tellOutages } from './redis-outages.ts'

/**
 * A connection like `redis`, of its own, that outlives outages: its commands wait until Redis is
 * back. `tell` hears of each outage and of its end. The caller disconnects it, and subscribes anew
 * whenever it is `ready`: ioredis would, and leave a rejection unhandled when it is closed meanwhile.
 */
export function lasting(redis: Redis, tell: (message: string) => void = () => {}): Redis {
  const connection = redis.duplicate({
    maxRetriesPerRequest: null as null,
    retryStrategy: (tries: number) => Math.min(100 * tries, 1000),
    socketTimeout: 15_000,
    lazyConnect: false,
    autoResubscribe: false,
  })
  tellOutages(connection, {
    lost: why => tell(`Redis is out of reach (${why}); waiting for it`),
    ready: () => tell('Redis is back'),
  })
  return connection
}
