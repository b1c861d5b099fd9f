import { isLoopback } from './dashboard-settings.ts'
import { DEFAULT_LEVEL, type Given } from './given.ts'
import { address } from './redis.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment as it counts. docker-compose.yml passes on what stands in .env, which `npm start`
 * reads as well: a loopback address in it is this machine, and in a container the container itself,
 * where nobody answers. Compose says by `CONTAINER_REDIS_URL` which Redis counts instead; it is empty
 * where containers share the network of their host.
 */
export function inContainer(env: Environment): { env: Environment; warnings: string[] } {
  const { CONTAINER_REDIS_URL: own, REDIS_URL: redis = '' } = env
  const local = URL.canParse(redis) && isLoopback(new URL(redis).hostname)
  if (!own || !local) return { env, warnings: [] }
  const warning = `REDIS_URL: ${address(redis)} is this container itself; ${address(own)} counts instead`
  return { env: { ...env, REDIS_URL: own }, warnings: [warning] }
}

/** A line where the engine would be looked for in the container itself. */
export function engineInContainer(env: Environment, host: Given | undefined): string[] {
  if (!env.CONTAINER_REDIS_URL || host === undefined || host.level === DEFAULT_LEVEL) return []
  const { label, text } = host
  if (!isLoopback(text.includes(':') ? `[${text.replace(/[[\]]/g, '')}]` : text)) return []
  return [
    `${label}: expected a host that containers reach, got ${text}, which is this container itself; the machine is host.docker.internal`,
  ]
}
