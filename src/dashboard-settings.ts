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

/** What must not be: a name without a password, or everybody let in from other machines. */
export function exposed(values: Partial<Values>, found: ReadonlyMap<SettingName, Given>): string[] {
  const [user, password] = [found.get('dashboard-user'), found.get('dashboard-password')]
  if (user && !password) return [`${user.label}: expected a --dashboard-password with it, got none`]
  if (password && !user) return [`${password.label}: expected a --dashboard-user with it, got none`]
  const host = found.get('dashboard-host')
  if (user || !host || isLoopback(values['dashboard-host'] ?? '127.0.0.1')) return []
  return [
    `${host.label}: beyond this machine, expected SCHEDULER_DASHBOARD_USER and SCHEDULER_DASHBOARD_PASSWORD with it, got none`,
  ]
}

/** Can only this machine reach it? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}
