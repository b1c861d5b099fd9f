import { find } from './find-program.mjs'
import { say } from './output.mjs'
import { installed } from './package-manager.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].concat(
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
)
const PACKAGES = {
  'apt-get': ['chromium', 'chromium-browser'],
  dnf: ['chromium'],
  yum: ['chromium'],
  apk: ['chromium'],
  brew: ['google-chrome'],
}

/** The browser that the tests of the pages drive: CHROME_PATH, or one of this machine; null without. */
export function findChromium() {
  const given = process.env.CHROME_PATH
  return given ? find(given) : (NAMES.map(find).find(path => path !== null) ?? null)
}

/** Gets one with the system's package manager. Without one all other tests still run: it only says so. */
export function installChromium() {
  const given = process.env.CHROME_PATH
  if (given) {
    say(`CHROME_PATH: expected a program that can be run, got ${given}. ${CONSEQUENCE}`)
    return
  }
  const found = () => findChromium() !== null
  if (installed({ what: 'Chromium', packages: PACKAGES, found })) return
  say(`No Chromium (or Chrome) was found, nor could one be installed. One of these does it:
  Debian           sudo apt-get update && sudo apt-get install chromium
  Fedora, RHEL     sudo dnf install chromium
  Alpine           sudo apk add chromium
  macOS            brew install google-chrome
  elsewhere        CHROME_PATH=/path/to/chrome npm test
${CONSEQUENCE}`)
}

const CONSEQUENCE = 'The tests that look at the pages in a browser will fail.'
