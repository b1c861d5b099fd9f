import { Hono } from 'hono'
import type { Env, Served } from './served.ts'

export function runsRoutes(_served: Served): Hono<Env> {
  return new Hono<Env>()
}
