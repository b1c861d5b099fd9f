import { find } from './find-program.mjs'
import { fail, say } from './output.mjs'
import { installed } from './package-manager.mjs'

const PACKAGES = {
  'apt-get': ['redis-server', 'valkey-server'],
  dnf: ['redis', 'valkey'],
  yum: ['redis', 'valkey'],
  apk: ['redis', 'valkey'],
  brew: ['redis', 'valkey'],
}

/** Whether this machine has a server that the project can start. */
export function hasRedis() {
  return find('redis-server') !== null || find('valkey-server') !== null
}

/** Gets one with the system's package manager, or ends with exit code 3 and the ways to choose from. */
export function installRedis() {
  if (!installed({ what: 'redis-server', packages: PACKAGES, found: hasRedis })) noRedis()
  say('Installed. A service that came with it on port 6379 is not needed here.')
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
