import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Clone, NPM_CI, TSC } from '../fixtures/clone.ts'

let clone: Clone

beforeEach(async () => {
  clone = await Clone.make()
  await rm(join(clone.bin, 'nginx'))
  await clone.provide('sudo', 'shift; exec "$@"')
  await writeFile(join(clone.bin, 'env'), '#!/bin/sh\nexec /usr/bin/env "$@"')
  await chmod(join(clone.bin, 'env'), 0o755)
})

afterEach(() => clone.remove())

test('installs nginx for the tests', async () => {
  const nginx = join(clone.bin, 'nginx')
  await clone.provide('apk', `printf "#!/bin/sh" >"${nginx}"; /bin/chmod +x "${nginx}"`)
  const { code, output, calls } = await clone.setup()
  expect(code).toBe(0)
  expect(calls).toContain('apk add --no-cache nginx')
  expect(output).toContain('No nginx here: installing one with apk')
  expect((await clone.setup()).output).toBe('')
})

test('goes on where nginx cannot be had, and says what that means', async () => {
  await clone.provide('apk', 'exit 1')
  const { code, output, calls } = await clone.setup()
  expect(code).toBe(0)
  expect(calls).toContain(TSC)
  expect(output).toContain('The tests with a proxy before the engine will fail.')
})

test.each([['start'], ['build']])('needs no nginx to %s', async purpose => {
  const { calls } = await clone.setup([purpose])
  expect(calls).toEqual([NPM_CI, TSC])
})
