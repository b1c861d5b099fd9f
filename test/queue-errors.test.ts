import { once } from 'node:events'
import { expect, inject, test } from 'vitest'
import { createEvents } from '../src/events.ts'
import { queueErrors } from '../src/queue-errors.ts'
import { createRedis } from '../src/redis.ts'

test('says each error once, and none while Redis is out of reach', async () => {
  const events = createEvents()
  const said: string[] = []
  events.on('warning', ({ part, message }) => said.push(`${part}: ${message}`))
  const redis = createRedis({ url: inject('redisUrl'), ca: null }, 'worker', events)
  const tell = queueErrors('worker', redis, events)
  tell(new Error('before'))
  await once(redis, 'ready')
  for (const error of [new Error('first'), new Error('second'), new Error('first'), 'third']) {
    tell(error)
  }
  redis.disconnect()
  await once(redis, 'end')
  tell(new Error('after'))
  expect(said).toEqual(['worker: first', 'worker: second', 'worker: third'])
})
