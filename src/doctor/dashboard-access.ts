import { isLoopback } from '../dashboard-settings.ts'
import { about, type Finding } from './finding.ts'
import type { Subject } from './subject.ts'

const { ok, warning } = about('dashboard access')

/** Characters of a password that take too long to guess. */
const LONG = 12

/** Who can look at the dashboard, and act there? That it lets everybody in is a mistake of its own. */
export function dashboardAccess({ config }: Pick<Subject, 'config'>): Finding {
  const { host, access, write } = config.dashboard
  const who = isLoopback(host) ? 'this machine only' : `whoever reaches ${host}`
  const what = write ? 'reads and acts' : 'reads'
  if (access === null) return ok(`${who}, ${what}`)
  if ([...access.password].length < LONG) {
    const advice = `take one of ${LONG} or more, e.g. of: openssl rand -base64 18`
    return warning(`its password has fewer than ${LONG} characters`, advice)
  }
  return ok(`${who}, with a password, ${what}`)
}
