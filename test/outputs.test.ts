import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, inject, test } from 'vitest'
import { workplace } from './fixtures/cli.ts'

const LOGIN = { SCHEDULER_ENGINEAPI_USERNAME: 'me', SCHEDULER_ENGINEAPI_PASSWORD: 's3cret' }
const TO_FULL = 'exec "$@" >/dev/full'

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  test.for([
    ['check'],
    ['--help'],
    ['completion'],
    ['--version'],
    ['status'],
    ['doctor', '--json'],
  ])('is no success: %j', async (args, t) => {
    const place = await workplace(t)
    const redis = { REDIS_URL: inject('redisUrl'), SCHEDULER_PREFIX: `{${randomUUID()}}` }
    const { code, stderr } = await place.run(args, { ...LOGIN, ...redis }, TO_FULL)
    t.expect(stderr).toContain(
      'hft-scheduler: the output is not complete: ENOSPC: no space left on device\n',
    )
    t.expect(stderr).not.toMatch(/^ +at /m)
    t.expect(code).toBe(74)
  })

  test('is no success either where nobody can be told', async t => {
    const place = await workplace(t)
    const { code } = await place.run(['check'], LOGIN, `${TO_FULL} 2>&1`)
    t.expect(code).toBe(74)
  })

  test('for the messages alone leaves the exit code as it is', async t => {
    const place = await workplace(t)
    t.expect((await place.run(['check'], LOGIN, 'exec "$@" 2>/dev/full')).code).toBe(0)
    t.expect((await place.run(['chekc'], LOGIN, 'exec "$@" 2>/dev/full')).code).toBe(2)
  })
})

// A limit of the file's size cuts a write off in the middle, as a disk does that fills up.
test('a file that could not take everything is no success', async t => {
  const place = await workplace(t)
  const shell = 'ulimit -f 1; exec "$@" >cut'
  const { code, stderr } = await place.run(['check', '--json'], LOGIN, shell)
  t.expect((await stat(join(place.dir, 'cut'))).size).toBeGreaterThan(0)
  t.expect(stderr).toContain('hft-scheduler: the output is not complete: EFBIG')
  t.expect(code).toBe(74)
})
