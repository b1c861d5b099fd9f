import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { commandHere } from '../src/command-here.ts'

const ROOT = join(import.meta.dirname, '..')
const LAUNCHER = join(ROOT, 'bin/hft-scheduler.cjs')

let dir: string
beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'hft-here-')))
  onTestFinished(() => rm(dir, { recursive: true }))
})

async function linkIn(folder: string): Promise<string> {
  await mkdir(join(dir, folder), { recursive: true })
  await symlink(LAUNCHER, join(dir, folder, 'hft-scheduler'))
  return join(dir, folder)
}

test('is the name alone where the PATH leads to this package', async () => {
  const bin = await linkIn('bin')
  expect(commandHere(dir, ['/none', bin].join(delimiter))).toBe('hft-scheduler')
})

test('is npx in a clone and below it, also as npm shows it its own PATH', async () => {
  const shown = await linkIn('node_modules/.bin')
  for (const folder of [ROOT, join(ROOT, 'docs')]) {
    expect(commandHere(folder, shown)).toBe('npx hft-scheduler')
  }
})

test('is npx where the package is installed', async () => {
  await linkIn('node_modules/.bin')
  expect(commandHere(join(dir, 'below'))).toBe('npx hft-scheduler')
})

test('is the file where nothing else leads here', () => {
  expect(commandHere(dir, '/none')).toBe(`node ${LAUNCHER}`)
})
