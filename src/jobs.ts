import { z } from 'zod'
import { Grid } from './slots.ts'

/** The BullMQ queue that carries every call of one deployment. */
export const QUEUE = 'calls'

/** The one engine of a configuration. */
export const ENGINE = 'default'

/** What can be called, in the order in which people list it. */
export const JOBS = ['update-engine', 'get-stats'] as const
export type JobName = (typeof JOBS)[number]

/** May a call whose answer was lost be made again? Only when it moves no money. */
export const REPEATABLE: Readonly<Record<JobName, boolean>> = {
  'update-engine': false,
  'get-stats': true,
}

/** One engine's job with its grid of slots; `lead` in ms. `revision` names what they say. */
export const Schedule = z.object({
  id: z.string().min(1),
  engine: z.string().min(1),
  job: z.enum(JOBS),
  grid: Grid,
  lead: z.number().int().nonnegative(),
  revision: z.string(),
})
export type Schedule = z.infer<typeof Schedule>

/** Data of a tick: the job that BullMQ's scheduler makes for every slot. */
const Tick = z.object({ v: z.literal(1), kind: z.literal('tick'), schedule: Schedule })

/** Data of a call asked for by a person; void after `notAfter` (epoch ms). */
const Trigger = z.object({
  v: z.literal(1),
  kind: z.literal('trigger'),
  schedule: z.string(),
  engine: z.string(),
  job: z.enum(JOBS),
  id: z.string().min(1),
  reason: z.string(),
  notAfter: z.number(),
})

/**
 * Job data as it stands in Redis. Redis outlives deployments, so the worker validates it where it
 * reads it: data of an unknown version or shape is an error of that job alone.
 */
export const Payload = z.discriminatedUnion('kind', [Tick, Trigger])
export type Payload = z.infer<typeof Payload>
export type Tick = z.infer<typeof Tick>
export type Trigger = z.infer<typeof Trigger>

/** `<engine>/<job>`. */
export function scheduleId(engine: string, job: JobName): string {
  return `${engine}/${job}`
}
