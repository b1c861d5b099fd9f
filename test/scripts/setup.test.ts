import { once } from 'node:events'
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Clone, NPM_CI, TSC } from '../fixtures/clone.ts'

let clone: Clone

beforeEach(async () => {
  clone = await Clone.make()
})

afterEach(() => clone.remove())

test('installs and builds on a fresh clone, then has nothing to do or say', async () => {
  const first = await clone.setup()
  expect(first).toMatchObject({ code: 0, calls: [NPM_CI, TSC] })
  expect(first.output).toBe('Installing packages (npm ci) …\nBuilding …\n')
  expect(await clone.setup()).toMatchObject({ code: 0, output: '', calls: [NPM_CI, TSC] })
})

test('bundles what browsers load', async () => {
  await clone.setup()
  const entries = await readFile(join(clone.root, 'dist/dashboard/assets/entries.json'), 'utf8')
  const page = join(clone.root, 'src/dashboard/browser/overview.tsx')
  expect(JSON.parse(entries)).toContain(page)
})

test('installs again when the lock file is newer', async () => {
  await clone.setup()
  await clone.touch('package-lock.json')
  expect((await clone.setup()).calls).toEqual([NPM_CI, TSC, NPM_CI])
  // The lock file is still from the future, but the packages are those that it names.
  expect((await clone.setup()).calls).toEqual([NPM_CI, TSC, NPM_CI])
})

test.each(['src/deep/part.ts', 'tsconfig.json', 'package.json'])(
  'builds again when %s has changed',
  async path => {
    await clone.setup()
    await clone.touch(path)
    expect((await clone.setup()).calls).toEqual([NPM_CI, TSC, TSC])
  },
)

test('builds again when a source has gone, and leaves nothing of it', async () => {
  await clone.setup()
  await clone.write('dist/part.js', '')
  await rm(join(clone.root, 'src/deep/part.ts'))
  expect((await clone.setup()).calls).toEqual([NPM_CI, TSC, TSC])
  await expect(readFile(join(clone.root, 'dist/part.js'))).rejects.toThrow('ENOENT')
})

test('builds in any case when asked to', async () => {
  await clone.setup()
  await rm(join(clone.bin, 'redis-server'))
  expect(await clone.setup(['build'])).toMatchObject({ code: 0, calls: [NPM_CI, TSC, TSC] })
})

test('shows what npm said and fails when it fails', async () => {
  await clone.provide('npm', 'echo "npm error no such thing" >&2; exit 7')
  const { code, output } = await clone.setup()
  expect(code).toBe(7)
  expect(output).toContain('npm error no such thing')
  expect(output).toContain('npm ci failed: exit code 7')
})

test('fails with a failing build, and builds again next time', async () => {
  await clone.setup()
  await copyFile(join(clone.root, 'node_modules/.bin/tsc'), join(clone.root, 'tsc'))
  await clone.write('node_modules/.bin/tsc', '#!/bin/sh\necho "error TS1: wrong"; exit 2')
  await clone.touch('src/cli.ts')
  const { code, output } = await clone.setup()
  expect(code).toBe(2)
  expect(output).toContain('error TS1: wrong')
  await copyFile(join(clone.root, 'tsc'), join(clone.root, 'node_modules/.bin/tsc'))
  expect((await clone.setup()).calls).toEqual([NPM_CI, TSC, TSC])
})

test('runs npm once when two start at once', async () => {
  const held = join(clone.dir, 'held')
  await writeFile(held, '')
  await clone.provide('npm', `while [ -e "${held}" ]; do /bin/sleep 0.02; done\n${clone.npm()}`)
  const both = [clone.start(), clone.start()]
  const ended = Promise.all(both.map(child => once(child, 'exit')))
  // However much later the other one begins, it finds the first one at work.
  const said = await new Promise<string>(resolve => {
    let output = ''
    for (const { stderr } of both) {
      stderr?.on('data', text => {
        output += text
        if (output.includes('Waiting')) resolve(output)
      })
    }
  })
  expect(said).toMatch(/Waiting for another set-up of this folder \(process \d+\)/)
  await rm(held)
  expect(await ended).toEqual([
    [0, null],
    [0, null],
  ])
  expect(await clone.setup()).toMatchObject({ calls: [NPM_CI, TSC] })
})

test('does not wait for a set-up that was killed', async () => {
  await clone.provide('npm', 'echo $$; exec /bin/sleep 30')
  const killed = clone.start()
  const [, pid] = await Promise.all([
    once(killed, 'spawn'),
    killed.stdout ? once(killed.stdout, 'data').then(([line]) => Number(line)) : 0,
  ])
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  process.kill(pid, 'SIGKILL')
  await clone.provide('npm', clone.npm())
  const { code, output } = await clone.setup()
  expect({ code, output }).toEqual({ code: 0, output: expect.not.stringContaining('Waiting') })
})

test('refuses an old Node', async () => {
  await clone.write('package.json', JSON.stringify({ engines: { node: '>=99.1' } }))
  const { code, output } = await clone.setup()
  expect(code).toBe(2)
  expect(output).toBe(
    `Node 99.1 or newer is needed, this is ${process.versions.node}: https://nodejs.org\n`,
  )
})
