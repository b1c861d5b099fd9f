import type { Given } from './given.ts'
import type { SettingName, Values } from './settings.ts'

export interface Dashboard {
  /** IPv6 in brackets. */
  readonly host: string
  readonly port: number
  /** Begins with a slash and, unless it is all, ends without one. */
  readonly path: string
  readonly write: boolean
  /** Whom it lets in; null lets everybody in who reaches it. */
  readonly access: { readonly user: string; readonly password: string } | null
}

export function dashboardOf(values: Values): Dashboard {
  const { 'dashboard-user': user, 'dashboard-password': password } = values
  return {
    host: values['dashboard-host'],
    port: values['dashboard-port'],
    path: values['dashboard-path'],
    write: values['dashboard-write'],
    access: user === null || password === null ? null : { user, password },
  }
}

/** What must not be: half a login, or one that no browser can send, and everybody let in from other machines. */
export function exposed(values: Partial<Values>, found: ReadonlyMap<SettingName, Given>): string[] {
  const [user, password] = [found.get('dashboard-user'), found.get('dashboard-password')]
  if (user && !password) return [`${user.label}: expected ${PASSWORD} with it, got none`]
  if (password && !user) return [`${password.label}: expected ${USER} with it, got none`]
  const host = found.get('dashboard-host')
  const open = !user && host && !isLoopback(values['dashboard-host'] ?? '127.0.0.1')
  return [
    ...(open
      ? [`${host.label}: beyond this machine, expected ${USER} and ${PASSWORD}, got none`]
      : []),
    ...(user && /[:\p{Cc}]/u.test(user.text)
      ? [`${user.label}: expected a user name without colons and control characters`]
      : []),
    ...(password && values['dashboard-password'] && /\p{Cc}/u.test(password.text)
      ? [`${password.label}: expected a password without line breaks and other control characters`]
      : []),
  ]
}

const USER = 'SCHEDULER_DASHBOARD_USER'
const PASSWORD = 'SCHEDULER_DASHBOARD_PASSWORD (or _PASSWORD_FILE)'

/** What the dashboard's own addresses begin with. */
const OWN = ['api', 'assets', 'queues', 'runs', 'engines', 'actions']

/** A path under which nobody could tell whether a proxy has taken it away. */
export function ambiguous(
  values: Partial<Values>,
  found: ReadonlyMap<SettingName, Given>,
): string[] {
  const first = values['dashboard-path']?.split('/')[1] ?? ''
  const label = found.get('dashboard-path')?.label
  if (label === undefined || !OWN.includes(first)) return []
  return [
    `${label}: expected a path that begins otherwise than ${OWN.map(name => `/${name}`).join(', ')}, got "/${first}…"`,
  ]
}

/** Can only this machine reach it? IPv6 in brackets. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127(\.\d+){3}$/.test(host) || /^\[(0*:)+0*1\]$/.test(host)
}
