// Makes a fresh clone ready for `npm start` and `npm test`: packages, build, a redis-server, and
// for the tests a browser, nginx and a C compiler. Plain Node without dependencies, for it runs
// before they are there, and quick when nothing is to do.
//   node scripts/setup.mjs          everything
//   node scripts/setup.mjs start    none of those, and a REDIS_URL takes the place of a redis-server
//   node scripts/setup.mjs run      packages and a build, no more than that
//   node scripts/setup.mjs build    packages, and a build in any case
// Exit codes: 1 a step failed, 2 Node is too old, 3 there is no redis-server and no way to get one.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasCompiler, installCompiler } from './c-compiler.mjs'
import { findChromium, installChromium } from './chromium.mjs'
import { lock } from './lock.mjs'
import { hasNginx, installNginx } from './nginx.mjs'
import { fail, say } from './output.mjs'
import { hasRedis, installRedis } from './redis-server.mjs'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const PACKAGES = join(ROOT, 'node_modules/.package-lock.json')
const LOCK_FILE = join(ROOT, 'package-lock.json')
const BUILT = join(ROOT, 'dist/.built')

const purpose = process.argv[2] ?? 'all'

checkNode()
const redisNeeded = purpose === 'all' || (purpose === 'start' && !process.env.REDIS_URL)
if (redisNeeded && !hasRedis()) installRedis()
if (purpose === 'all' && findChromium() === null) installChromium()
if (purpose === 'all' && !hasNginx()) installNginx()
if (purpose === 'all' && !hasCompiler()) installCompiler()
if (purpose === 'build' || !packagesFresh() || !buildFresh()) {
  const release = lock(ROOT)
  try {
    if (!packagesFresh()) installPackages()
    if (purpose === 'build' || !buildFresh()) build()
  } finally {
    release()
  }
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const needed = engines.node.replace('>=', '')
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [leastMajor, leastMinor = 0] = needed.split('.').map(Number)
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return
  fail(2, `Node ${needed} or newer is needed, this is ${process.versions.node}: https://nodejs.org`)
}

function packagesFresh() {
  return modified(PACKAGES) >= modified(LOCK_FILE)
}

function installPackages() {
  say('Installing packages (npm ci) …')
  // A production setting in the environment would leave out the compiler.
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], 'npm ci')
  // A clock that is behind that of the checkout must not make this happen at every start.
  const lockFile = modified(LOCK_FILE) / 1000 + 1
  if (!packagesFresh()) utimesSync(PACKAGES, lockFile, lockFile)
}

function buildFresh() {
  const built = modified(BUILT)
  const configs = readdirSync(ROOT).filter(name => /^(tsconfig.*|package)\.json$/.test(name))
  return built > 0 && configs.every(name => modified(join(ROOT, name)) <= built) && olderThan(built)
}

/** Folders count as well: theirs is the only trace of a file that has gone. */
function olderThan(time, folder = join(ROOT, 'src')) {
  if (modified(folder) > time) return false
  return readdirSync(folder, { withFileTypes: true }).every(entry => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? olderThan(time, path) : modified(path) <= time
  })
}

function build() {
  say('Building …')
  // What is changed during the build belongs to the next one.
  const started = new Date()
  // Aside and then in its place: what runs from dist/ meanwhile must not miss its files, and the
  // output of sources that have gone must not stay.
  const [dist, next, old] = ['dist', 'dist.next', 'dist.old'].map(name => join(ROOT, name))
  for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true })
  const tsc = ['-p', 'tsconfig.build.json', '--outDir', 'dist.next']
  run(join(ROOT, 'node_modules/.bin/tsc'), tsc, 'The build')
  run(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), next], 'The bundling of the pages')
  chmodSync(join(next, 'cli.js'), 0o755)
  writeFileSync(join(next, '.built'), '')
  utimesSync(join(next, '.built'), started, started)
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(next, dist)
  rmSync(old, { recursive: true, force: true })
}

/** When the file was changed, ms; 0 when there is none. */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Runs a step with its output shown; ends with its exit code when it fails. */
function run(command, args, name) {
  // Of `npm start --dry-run`: npm would install nothing, and say that it did.
  const { npm_config_dry_run: _, ...env } = process.env
  const { status, signal, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env })
  if (status === 0) return
  const reason = error ? error.message : signal ? `ended by ${signal}` : `exit code ${status}`
  fail(status || 1, `${name} failed: ${reason}`)
}
