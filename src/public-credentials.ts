import type { Given } from './given.ts'
import type { SettingName } from './settings.ts'

/** What deploy/simulate holds, and so everybody knows: nobody's secrets. */
const PUBLIC: Readonly<Partial<Record<SettingName, string>>> = {
  username: 'simulated',
  password: 'moves-no-money',
  'dashboard-password': 'public-change-me',
}

/** The engine that they are for: the service of docker-compose.yml in its profile `simulate`. */
const SIMULATED = 'engine'

type Found = ReadonlyMap<SettingName, Given>

/** Is it one of deploy/simulate? It gives way to whatever else is given. */
export function isPublic(name: SettingName, text: string): boolean {
  return PUBLIC[name] === text
}

/** One line for each credential that everybody knows and that an engine of somebody's own would get. */
export function publicCredentials(host: string, found: Found): string[] {
  if (host === SIMULATED) return []
  return (['username', 'password'] as const).flatMap(name => {
    const given = found.get(name)
    if (given === undefined || !isPublic(name, given.text)) return []
    return [
      `${given.label}: expected the ${name} of the engine at ${host}, got the public one of deploy/simulate, which is for the simulated engine (host ${SIMULATED}) alone`,
    ]
  })
}

/** A line where everybody who knows deploy/simulate could act on the dashboard. */
export function publicDashboard(write: boolean, found: Found): string[] {
  const given = found.get('dashboard-password')
  if (!write || given === undefined || !isPublic('dashboard-password', given.text)) return []
  const flag = found.get('dashboard-write')?.label
  return [`${given.label}: expected your own beside ${flag}, got the public one of deploy/simulate`]
}
