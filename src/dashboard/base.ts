/** What every address of the dashboard begins with: `/` or `/ops/`, a slash at both ends. */
export function baseOf({ path }: { path: string }): string {
  return path === '/' ? '/' : `${path}/`
}

/** The path of a request under `base`, and of one from which a proxy took it away, as `/…`. */
export function withoutBase(path: string, base: string): string {
  return path.startsWith(base) ? `/${path.slice(base.length)}` : path
}
