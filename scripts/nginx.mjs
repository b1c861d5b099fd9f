import { find } from './find-program.mjs'
import { say } from './output.mjs'
import { installed } from './package-manager.mjs'

const PACKAGES = {
  'apt-get': ['nginx-light', 'nginx'],
  dnf: ['nginx'],
  yum: ['nginx'],
  apk: ['nginx'],
  brew: ['nginx'],
}

/** Whether this machine has the proxy that the tests put before an engine. */
export function hasNginx() {
  return find('nginx') !== null
}

/** Gets it with the system's package manager. Without it all other tests still run: it only says so. */
export function installNginx() {
  if (installed({ what: 'nginx', packages: PACKAGES, found: hasNginx })) {
    say('Installed. A service that came with it on port 80 is not needed here.')
    return
  }
  say(`No nginx was found, nor could one be installed. One of these does it:
  Debian, Ubuntu   sudo apt-get update && sudo apt-get install nginx-light
  Fedora, RHEL     sudo dnf install nginx
  Alpine           sudo apk add nginx
  macOS            brew install nginx
The tests with a proxy before the engine will fail.`)
}
