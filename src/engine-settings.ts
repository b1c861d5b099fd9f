import type { EffectiveSetting } from './effective-settings.ts'
import type { SettingName } from './settings.ts'

/** Someone who tries the simulated one wants to see it work. */
export const TRIAL_INTERVAL = '5s'

/** What someone who has an engine sets. */
const TELLING: ReadonlySet<SettingName> = new Set<SettingName>([
  'api-host',
  'api-port',
  'api-scheme',
  'username',
  'password',
])

/** Has somebody an engine? `up` simulates one where nobody has. */
export function engineIsSet(settings: readonly EffectiveSetting[]): boolean {
  return settings.some(({ name, set }) => set && TELLING.has(name))
}
