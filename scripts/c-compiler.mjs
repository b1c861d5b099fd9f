import { find } from './find-program.mjs'
import { say } from './output.mjs'
import { installed } from './package-manager.mjs'

const PACKAGES = {
  'apt-get': ['build-essential'],
  dnf: ['gcc'],
  yum: ['gcc'],
  apk: ['build-base'],
  brew: ['gcc'],
}

/** Whether this machine has a C compiler: the tests give processes a clock of their own with one. */
export function hasCompiler() {
  return find('cc') !== null
}

/** Gets one with the system's package manager; without one those tests fail, and say why. */
export function installCompiler() {
  if (installed({ what: 'C compiler', packages: PACKAGES, found: hasCompiler })) return
  say(
    'No C compiler (cc) was found, nor could one be installed: the tests that set clocks will fail.',
  )
}
