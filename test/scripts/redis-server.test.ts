import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Clone, NPM_CI, TSC } from '../fixtures/clone.ts'

let clone: Clone

beforeEach(async () => {
  clone = await Clone.make()
})

afterEach(() => clone.remove())

test('takes a valkey-server for a redis-server', async () => {
  await rm(join(clone.bin, 'redis-server'))
  await clone.provide('valkey-server', '')
  expect(await clone.setup()).toMatchObject({ code: 0, calls: [NPM_CI, TSC] })
})

test('needs no redis-server to start with a Redis elsewhere', async () => {
  await rm(join(clone.bin, 'redis-server'))
  const elsewhere = { REDIS_URL: 'redis://elsewhere' }
  expect(await clone.setup(['start'], elsewhere)).toMatchObject({ code: 0, calls: [NPM_CI, TSC] })
  expect(await clone.setup([], elsewhere)).toMatchObject({ code: 3 })
})

test('names the commands to choose from where nothing can install a redis-server', async () => {
  await rm(join(clone.bin, 'redis-server'))
  const { code, output, calls } = await clone.setup()
  expect(code).toBe(3)
  expect(calls).toEqual([])
  expect(output).toContain('sudo apt-get update && sudo apt-get install redis-server')
  expect(output).toContain('brew install redis')
})

const asRoot = process.getuid?.() === 0
const sudo = asRoot ? [] : ['sudo -n true']
const installed = 'printf "#!/bin/sh" >'

/** Every way to get root leads here; `env` is the real one. */
async function provideSystem(manager: string, script: string): Promise<void> {
  await rm(join(clone.bin, 'redis-server'))
  await clone.provide(manager, script)
  await clone.provide('sudo', 'shift; exec "$@"')
  await writeFile(join(clone.bin, 'env'), '#!/bin/sh\nexec /usr/bin/env "$@"')
  await chmod(join(clone.bin, 'env'), 0o755)
}

const without = (calls: string[]) => calls.filter(call => !call.startsWith('sudo'))

test('installs a redis-server with apt-get, its lists refreshed first', async () => {
  const server = join(clone.bin, 'redis-server')
  await provideSystem(
    'apt-get',
    `echo "$DEBIAN_FRONTEND"; [ "$1" = update ] || { ${installed}"${server}"; /bin/chmod +x "${server}"; }`,
  )
  const { code, output, calls } = await clone.setup()
  expect(code).toBe(0)
  expect(without(calls)).toEqual([
    'apt-get update',
    'apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 redis-server',
    NPM_CI,
    TSC,
  ])
  expect(calls.slice(0, sudo.length)).toEqual(sudo)
  expect(output).toContain('No redis-server here: installing one with apt-get')
  expect(output).toContain('noninteractive')
})

test.each([
  ['dnf', 'install -y'],
  ['yum', 'install -y'],
  ['apk', 'add --no-cache'],
  ['brew', 'install'],
])('installs a valkey where %s has no redis', async (manager, install) => {
  const server = join(clone.bin, 'valkey-server')
  const script = `for last; do :; done; [ $last = valkey ] || exit 1; ${installed}"${server}"; /bin/chmod +x "${server}"`
  await provideSystem(manager, script)
  const { code, calls } = await clone.setup()
  expect(code).toBe(0)
  expect(without(calls).slice(0, 2)).toEqual([
    `${manager} ${install} redis`,
    `${manager} ${install} valkey`,
  ])
})

test('names the commands to choose from when the installation fails', async () => {
  await provideSystem('apt-get', 'echo "E: no network" >&2; exit 100')
  const { code, output } = await clone.setup()
  expect(code).toBe(3)
  expect(output).toContain('E: no network')
  expect(output).toContain('One of these does it:')
})
