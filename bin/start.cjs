// What the launcher does where Node.js is new enough: in a clone that is not set up it does that first.
const { spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const { dirname, join } = require('node:path')
const { pathToFileURL } = require('node:url')

const ROOT = dirname(__dirname)
const PROGRAM = join(ROOT, 'dist/cli.js')
const SETUP = join(ROOT, 'scripts/setup.mjs')

if (!existsSync(SETUP)) {
  if (!existsSync(PROGRAM)) fail(`this copy is not whole: ${PROGRAM} is missing; install it again`)
} else if (!existsSync(PROGRAM) || !existsSync(join(ROOT, 'node_modules/.package-lock.json'))) {
  // The standard output belongs to the command.
  const { status } = spawnSync(process.execPath, [SETUP, 'run'], { stdio: ['ignore', 2, 2] })
  if (status !== 0) fail(`${ROOT} is not set up: node scripts/setup.mjs in it does that`, status)
}
void import(pathToFileURL(PROGRAM).href)

function fail(message, code) {
  console.error(`hft-scheduler: ${message}`)
  process.exit(code || 1)
}
