import { spawnSync } from 'node:child_process'
import { find } from './find-program.mjs'
import { say } from './output.mjs'

/** What a system's package manager is called with. */
const MANAGERS = [
  {
    name: 'apt-get',
    refresh: ['update'],
    install: ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
  },
  { name: 'dnf', install: ['install', '-y'] },
  { name: 'yum', install: ['install', '-y'] },
  { name: 'apk', install: ['add', '--no-cache'] },
  { name: 'brew', install: ['install'], asUser: true },
]

/**
 * Installs a program with the system's package manager: of its `packages` by manager, the first
 * after which `found()` holds. Returns false where there is no manager, no right, or no such package.
 */
export function installed({ what, packages, found }) {
  const manager = MANAGERS.find(({ name }) => find(name))
  const prefix = manager && (manager.asUser ? [] : asRoot())
  if (!manager || !prefix) return false
  const env = ['env', 'DEBIAN_FRONTEND=noninteractive', manager.name]
  const call = args => {
    const [command, ...rest] = [...prefix, ...env, ...args]
    return spawnSync(command, rest, { stdio: 'inherit' }).status === 0
  }
  say(`No ${what} here: installing one with ${manager.name}; this can take a minute …`)
  // A list that cannot be refreshed may still do.
  if (manager.refresh) call(manager.refresh)
  return packages[manager.name].some(name => call([...manager.install, name]) && found())
}

/** What a command that needs root is put behind; null when there is no way. */
function asRoot() {
  if (process.getuid?.() === 0) return []
  if (!find('sudo')) return null
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n']
  return process.stdin.isTTY ? ['sudo'] : null
}
