import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Clone, NPM_CI, TSC } from '../fixtures/clone.ts'

let clone: Clone

beforeEach(async () => {
  clone = await Clone.make()
  await rm(join(clone.bin, 'chromium'))
})

afterEach(() => clone.remove())

const without = (calls: string[]) => calls.filter(call => !call.startsWith('sudo'))

/** Every way to get root leads here; `env` is the real one. */
async function provideSystem(manager: string, script: string): Promise<void> {
  await clone.provide(manager, script)
  await clone.provide('sudo', 'shift; exec "$@"')
  await writeFile(join(clone.bin, 'env'), '#!/bin/sh\nexec /usr/bin/env "$@"')
  await chmod(join(clone.bin, 'env'), 0o755)
}

test.each(['chromium-browser', 'google-chrome', 'google-chrome-stable'])(
  'takes a %s for Chromium',
  async name => {
    await clone.provide(name, '')
    const { output, calls } = await clone.setup()
    expect(calls).toEqual([NPM_CI, TSC])
    expect(output).not.toContain('Chromium')
  },
)

test('takes the browser that CHROME_PATH names', async () => {
  await clone.provide('mine', '')
  const env = { CHROME_PATH: join(clone.bin, 'mine') }
  const { output, calls } = await clone.setup([], env)
  expect(calls).toEqual([NPM_CI, TSC])
  expect(output).not.toContain('Chromium')
})

test('says what CHROME_PATH names where that cannot be run, and goes on', async () => {
  await provideSystem('apt-get', '')
  const { code, output, calls } = await clone.setup([], { CHROME_PATH: '/none/chrome' })
  expect({ code, calls }).toEqual({ code: 0, calls: [NPM_CI, TSC] })
  expect(output).toContain('CHROME_PATH: expected a program that can be run, got /none/chrome')
})

test('installs Chromium with apt-get, its lists refreshed first', async () => {
  const browser = join(clone.bin, 'chromium')
  await provideSystem(
    'apt-get',
    `[ "$1" = update ] || { printf "#!/bin/sh" >"${browser}"; /bin/chmod +x "${browser}"; }`,
  )
  const { code, output, calls } = await clone.setup()
  expect(code).toBe(0)
  expect(without(calls)).toEqual([
    'apt-get update',
    'apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 chromium',
    NPM_CI,
    TSC,
  ])
  expect(output).toContain('No Chromium here: installing one with apt-get')
  expect((await clone.setup()).output).toBe('')
})

test.each([['start'], ['build']])('needs no browser to %s', async purpose => {
  await provideSystem('apt-get', '')
  const { code, output, calls } = await clone.setup([purpose])
  expect({ code, calls }).toEqual({ code: 0, calls: [NPM_CI, TSC] })
  expect(output).not.toContain('Chromium')
})

test('goes on where Chromium cannot be had, and says what that means', async () => {
  await provideSystem('apt-get', 'echo "E: no network" >&2; exit 100')
  const { code, output, calls } = await clone.setup()
  expect(code).toBe(0)
  expect(calls).toContain(TSC)
  expect(output).toContain('sudo apt-get update && sudo apt-get install chromium')
  expect(output).toContain('The tests that look at the pages in a browser will fail.')
})
