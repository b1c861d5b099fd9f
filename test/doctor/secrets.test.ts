import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { secrets } from '../../src/doctor/secrets.ts'
import { lines, subjectOf } from '../fixtures/doctor.ts'

const dotenv = { SCHEDULER_ENGINEAPI_PASSWORD: 's3cret' }

/** A folder with an `.env`, a repository if asked for. */
async function folder({ git = true, mode = 0o600, ignored = false } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'hft-secrets-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const path = join(dir, '.env')
  await writeFile(path, 'SCHEDULER_ENGINEAPI_PASSWORD=s3cret\n')
  await chmod(path, mode)
  const run = (...args: string[]) => execFileSync('git', ['-C', dir, ...args])
  if (git) run('init', '--quiet')
  if (ignored) await writeFile(join(dir, '.gitignore'), '.env\n')
  return { dir, path, run }
}

it('is content with a file of its owner that git ignores', async () => {
  const { path } = await folder({ ignored: true })
  expect(lines(await secrets(subjectOf({ dotenv }, path)))).toEqual([
    `ok secrets: only its owner reads ${path}`,
  ])
})

it('finds a file that others can read, and how to close it', async () => {
  const { path } = await folder({ git: false, mode: 0o644 })
  const found = await secrets(subjectOf({ dotenv }, path))
  expect(lines(found)).toEqual([
    `warning secrets: others on this machine can read ${path} (mode 644)`,
  ])
  expect(found[0]?.advice).toBe(`chmod 600 ${path}`)
})

it('finds a file that git keeps, or is about to', async () => {
  const { path, run } = await folder()
  expect(lines(await secrets(subjectOf({ dotenv }, path)))[0]).toMatch(
    /^warning secrets: git does not ignore .*git add/,
  )
  run('add', '.env')
  expect(lines(await secrets(subjectOf({ dotenv }, path)))).toEqual([
    `failure secrets: git keeps ${path}: everybody who has the repository has it`,
  ])
})

it('looks at the files that settings name, with spaces in their path', async () => {
  const { dir } = await folder({ git: false })
  await mkdir(join(dir, 'a (b) c'))
  const path = join(dir, 'a (b) c', 'password')
  await writeFile(path, 'secret')
  await chmod(path, 0o640)
  const flags = { 'password-file': path }
  expect(lines(await secrets(subjectOf({ flags })))).toEqual([
    `warning secrets: others on this machine can read ${path} (mode 640)`,
  ])
})

it('does not mind a file without secrets', async () => {
  const { path } = await folder({ git: false, mode: 0o644 })
  const subject = subjectOf({ dotenv: { SCHEDULER_INTERVAL: '5' } }, path)
  expect(lines(await secrets(subject))).toEqual(['ok secrets: none in files'])
})
