import { Hono } from 'hono'
import type { Env, Served } from './served.ts'

export function seriesRoutes(_served: Served): Hono<Env> {
  return new Hono<Env>()
}
