import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { VERSION } from '../src/version.ts'
import { ROOT } from './fixtures/dockerfile.ts'

const run = promisify(execFile)
/** What a package is made of, and what must not get into it: a clone has more. */
const SOURCES = [
  'bin',
  'src',
  'scripts',
  'docs',
  'deploy',
  'test',
  'bench',
  '.env.example',
  'LICENSE',
]
  .concat('README.md', 'CHANGELOG.md', 'package.json', 'package-lock.json')
  .concat('tsconfig.json', 'tsconfig.build.json', 'tsconfig.browser.json')
const env = {
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  HOME: process.env.HOME,
  npm_config_prefer_offline: 'true',
  npm_config_update_notifier: 'false',
}

let dir: string
let home: string
let files: string[]

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hft-package-'))
  const clone = join(dir, 'clone')
  home = join(dir, 'home')
  await mkdir(home)
  for (const source of SOURCES) {
    await cp(join(ROOT, source), join(clone, source), { recursive: true, preserveTimestamps: true })
  }
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  await run('npm', ['pack', '--pack-destination', dir], { cwd: clone, env })
  const tarball = `hft-scheduler-${VERSION}.tgz`
  await copyFile(join(dir, tarball), join(home, tarball))
  const install = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund']
  await run('npm', [...install, `./${tarball}`], { cwd: home, env })
  const root = join(home, 'node_modules/hft-scheduler')
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  files = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
}, 300_000)

afterAll(() => rm(dir, { recursive: true, force: true }))

test('it holds what is run and read, and nothing else', () => {
  const top = [...new Set(files.map(file => file.split('/')[0]))]
  expect(top.sort()).toEqual(
    ['.env.example', 'CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'deploy', 'dist', 'docs']
      .concat('package.json')
      .sort(),
  )
  const kinds = (folder: string) => [
    ...new Set(
      files
        .filter(file => file.startsWith(`${folder}/`))
        .map(file => /\.[a-z]+$/.exec(file)?.[0] ?? file),
    ),
  ]
  expect(kinds('dist').sort()).toEqual(['.css', '.js', '.svg'])
  expect(kinds('docs')).toEqual(['.md'])
  expect(files.filter(file => file.startsWith('deploy/')).sort()).toEqual([
    'deploy/systemd/hft-scheduler-dashboard.service',
    'deploy/systemd/hft-scheduler-producer.service',
    'deploy/systemd/hft-scheduler-worker@.service',
  ])
  for (const file of ['dist/cli.js', 'dist/dashboard/assets/overview.js', 'docs/operations.md']) {
    expect(files).toContain(file)
  }
})

test('nothing to develop with comes along', async () => {
  const packages = await readdir(join(home, 'node_modules'))
  expect(packages).toContain('bullmq')
  for (const name of ['typescript', 'vitest', '@biomejs', 'esbuild', 'preact', 'uplot', 'tsx']) {
    expect(packages).not.toContain(name)
  }
})

test('its command says its version, and what it can do', async () => {
  const call = (...args: string[]) => run('npx', ['hft-scheduler', ...args], { cwd: home, env })
  expect((await call('--version')).stdout.trim()).toBe(VERSION)
  expect((await call('--help')).stdout).toContain('hft-scheduler up')
})

test('everything runs in an empty folder: a first run succeeds, and it ends in order', async () => {
  const command = join(home, 'node_modules/.bin/hft-scheduler')
  const up = spawn(command, ['up', '--interval', '0.5'], { cwd: home, env, stdio: 'pipe' })
  onTestFinished(() => void up.kill('SIGKILL'))
  const ended = once(up, 'exit')
  let said = ''
  const succeeded = new Promise<void>((resolve, reject) => {
    for (const stream of [up.stdout, up.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (said.includes('"verdict":"succeeded"')) resolve()
      })
    }
    ended.then(() => reject(new Error(`it ended:\n${said}`)))
  })
  await succeeded
  up.kill('SIGTERM')
  expect(await ended, said).toEqual([0, null])
})
