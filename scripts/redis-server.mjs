import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fail, say } from './output.mjs'

const PLACES = ['/usr/local/bin', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].concat(
  '/opt/local/bin',
)

/** What a system's package manager is called with; the first package that it knows counts. */
const MANAGERS = [
  {
    name: 'apt-get',
    refresh: ['update'],
    install: ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
    packages: ['redis-server', 'valkey-server'],
  },
  { name: 'dnf', install: ['install', '-y'], packages: ['redis', 'valkey'] },
  { name: 'yum', install: ['install', '-y'], packages: ['redis', 'valkey'] },
  { name: 'apk', install: ['add', '--no-cache'], packages: ['redis', 'valkey'] },
  { name: 'brew', install: ['install'], packages: ['redis', 'valkey'], asUser: true },
]

/** Whether this machine has a server that the project can start. */
export function hasRedis() {
  return find('redis-server') !== null || find('valkey-server') !== null
}

/** Gets one with the system's package manager, or ends with exit code 3 and the ways to choose from. */
export function installRedis() {
  const manager = MANAGERS.find(each => find(each.name))
  const prefix = manager && (manager.asUser ? [] : asRoot())
  if (!manager || !prefix) noRedis()
  const env = ['env', 'DEBIAN_FRONTEND=noninteractive', manager.name]
  const call = args => {
    const [command, ...rest] = [...prefix, ...env, ...args]
    return spawnSync(command, rest, { stdio: 'inherit' }).status === 0
  }
  say(`No redis-server here: installing one with ${manager.name}; this can take a minute …`)
  // A list that cannot be refreshed may still do.
  if (manager.refresh) call(manager.refresh)
  const installed = manager.packages.some(name => call([...manager.install, name]) && hasRedis())
  if (!installed) noRedis()
  say('Installed. A service that came with it on port 6379 is not needed here.')
}

/** What a command that needs root is put behind; null when there is no way. */
function asRoot() {
  if (process.getuid?.() === 0) return []
  if (!find('sudo')) return null
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n']
  return process.stdin.isTTY ? ['sudo'] : null
}

function noRedis() {
  fail(
    3,
    `No redis-server (or valkey-server) was found, nor could one be installed. One of these does it:
  Debian, Ubuntu   sudo apt-get update && sudo apt-get install redis-server
  Fedora, RHEL     sudo dnf install redis        (or valkey)
  Alpine           sudo apk add redis            (or valkey)
  Arch             sudo pacman -S valkey
  macOS            brew install redis
Then run the same command again. To use a Redis elsewhere: REDIS_URL=redis://… npm start`,
  )
}

function find(program) {
  const places = [...(process.env.PATH ?? '').split(delimiter), ...PLACES]
  const paths = places.filter(Boolean).map(place => join(place, program))
  return paths.find(executable) ?? null
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
