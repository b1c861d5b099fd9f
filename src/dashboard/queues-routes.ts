import { Hono } from 'hono'
import type { Env, Served } from './served.ts'

export function queuesRoutes(_served: Served): Hono<Env> {
  return new Hono<Env>()
}
