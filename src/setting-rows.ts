import type { Kind } from './setting-kinds.ts'

export interface Setting<N = string, T = unknown, D = string | null> {
  readonly name: N
  readonly env: string
  readonly kind: Kind<T>
  readonly fallback: D
  readonly about: string
  readonly group: string
}

type Row = readonly [
  name: string,
  env: string,
  kind: Kind<unknown>,
  fallback: string | null,
  about: string,
]

type FromRow<R> = R extends readonly [infer N, string, Kind<infer T>, infer D, string]
  ? Setting<N, T, D>
  : never

/** Rows of the table of settings that people look for together. */
export function group<const R extends readonly Row[]>(
  title: string,
  rows: R,
): FromRow<R[number]>[] {
  return rows.map(([name, env, kind, fallback, about]) => ({
    name,
    env,
    kind,
    fallback,
    about,
    group: title,
  })) as FromRow<R[number]>[]
}
